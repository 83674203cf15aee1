"""HLS for browsers: a playlist and pieces of video in a folder for any web server.

A run that starts again goes on with the playlist of the one before: numbers and names
of pieces rise, and a DISCONTINUITY tells players that the times start anew.
"""

import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import FFmpegError

from sinks.audio.track import carries
from sinks.errors import SinkError
from sinks.files.place import check_folder, make_folder
from sinks.live.output import OutputStatus
from sinks.live.remux import Remuxer
from sinks.packets import Encoded
from sources.audio import Audio

SECONDS = 2.0
_LIST_SECONDS = 12
_EARLY_SECONDS = 0.05
"""A key frame that comes a little early still ends its piece."""
_RETRY_SECONDS = 10.0
_FLAGS = (
    "delete_segments",
    "independent_segments",
    "program_date_time",
    "append_list",
    "temp_file",  # a piece has its name only once it is whole
)
_OPTIONS = {
    "hls_flags": "+".join(_FLAGS),
    "hls_segment_type": "mpegts",
    "max_interleave_delta": "500000",  # pictures wait so long for audio, not 10 s
}
_LOG = logging.getLogger("derain.sink")


class Hls:
    """An output that writes `folder/index.m3u8` and the pieces of the last 12 s.

    A full disk costs pieces, never the stream; it is tried again.
    """

    def __init__(
        self,
        playlist: Path,
        *,
        seconds: float = SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Writes nothing yet.

        Args:
            playlist: Written anew with each piece.
            seconds: Length of a piece; it ends at the next key frame.
            now: Clock in seconds.

        Raises:
            SinkError: The folder can neither be written nor made.
        """
        check_folder(playlist.parent)
        self.name = str(playlist)
        self.failures = 0
        self._playlist, self._seconds, self._now = playlist, seconds, now
        self._container: OutputContainer | None = None
        self._remuxer: Remuxer | None = None
        self._audio: Audio | None = None
        self._error = ""
        self._bytes_sent = 0
        self._resume_at = 0.0

    @property
    def status(self) -> OutputStatus:
        """How it is doing; for any thread."""
        return OutputStatus(
            name=self.name,
            kind="hls",
            connected=not self._error,
            error=self._error,
            bytes_sent=self._bytes_sent,
            failures=self.failures,
        )

    def carries(self, audio: Audio) -> bool:
        """AAC: what browsers take in a transport stream."""
        return carries("hls", audio)

    def start(self, audio: Audio | None) -> None:
        """Begins with the first key frame.

        Raises:
            SinkError: The folder cannot be made.
        """
        make_folder(self._playlist.parent)
        self._audio = audio

    def send(self, packet: Encoded) -> None:
        """Writes a packet, or counts why it could not."""
        if self._now() < self._resume_at:
            return
        try:
            if self._container is None and packet.key:
                self._open(packet)
            if self._container is not None and self._remuxer is not None:
                self._remuxer.put(packet)
                self._stored(packet)
        except (FFmpegError, OSError) as error:
            self._failed(error)

    def _stored(self, packet: Encoded) -> None:
        self._bytes_sent += len(packet.data)
        if self._error and packet.key:
            _LOG.info("sink=%s goes on", self.name)
            self._error = ""

    def _failed(self, error: FFmpegError | OSError) -> None:
        self.failures += 1
        self._error = error.strerror or str(error)
        self._resume_at = self._now() + _RETRY_SECONDS
        _LOG.error("sink=%s failed=%r", self.name, self._error)
        remuxer, self._container, self._remuxer = self._remuxer, None, None
        if remuxer is not None:
            with suppress(FFmpegError, OSError):
                remuxer.close()

    def _open(self, first: Encoded) -> None:
        self._delete_forgotten()
        pieces = str(self._playlist.with_name(f"{self._playlist.stem}%05d.ts"))
        options = {
            **_OPTIONS,
            "hls_time": f"{self._seconds - _EARLY_SECONDS:g}",
            "hls_list_size": str(round(_LIST_SECONDS / self._seconds)),
            "hls_segment_filename": pieces,
        }
        container = av.open(self.name, "w", format="hls", options=options)
        self._remuxer = Remuxer(container, first, self._audio)
        self._container = container

    def _delete_forgotten(self) -> None:
        """Deletes pieces of an earlier run that its playlist does not name."""
        listed = self._playlist.read_text() if self._playlist.exists() else ""
        kind = re.compile(re.escape(self._playlist.stem) + r"\d{5,}\.ts(\.tmp)?")
        for path in self._playlist.parent.iterdir():
            if kind.fullmatch(path.name) and path.name not in listed.split():
                path.unlink(missing_ok=True)

    def key_wanted(self) -> bool:
        """Key frames come often enough by themselves."""
        return False

    def close(self) -> None:
        """Ends the playlist; may be called twice.

        Raises:
            SinkError: The disk is full.
        """
        remuxer, self._container, self._remuxer = self._remuxer, None, None
        if remuxer is not None:
            try:
                remuxer.close()
            except (FFmpegError, OSError) as error:
                raise SinkError(f"{self.name}: {error.strerror}") from None
