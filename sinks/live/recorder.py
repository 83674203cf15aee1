"""Records what is sent, in files of a set length, and deletes the oldest.

Each file begins with a key frame and is an ordinary MP4 once it is complete; of the one
that is being written, all but the last half second survives a kill.
"""

import logging
import re
import shutil
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import FFmpegError

from sinks.audio.track import carries
from sinks.errors import SinkError
from sinks.files.muxing.unbuffered_file import UnbufferedFile
from sinks.files.place import check_folder, make_folder
from sinks.live.output import OutputStatus
from sinks.live.recordings import free_name, has_picture, recordings_of
from sinks.live.remux import Remuxer
from sinks.live.retention import KeptFile, Retention
from sinks.packets import TIME_BASE, Encoded
from sources.audio import Audio

_LOG = logging.getLogger("derain.sink")
_MUXERS = {".mp4": "mp4", ".mkv": "matroska", ".ts": "mpegts"}
_ALWAYS = {
    "max_interleave_delta": "500000"
}  # pictures wait so long for audio, not 10 s
_CRASH_SAFE = {
    "movflags": "+hybrid_fragmented+frag_keyframe+delay_moov",
    "frag_duration": "500000",
    "flush_packets": "1",
}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RETRY_SECONDS = 10.0


def length_in_seconds(text: str) -> float:
    """Returns the seconds of `90`, `30s`, `10m`, `1h` or `1d`.

    Raises:
        SinkError: It is none of these, or less than a second.
    """
    found = _LENGTH.fullmatch(text.strip())
    seconds = float(found[1]) * _SECONDS[found[2] or "s"] if found else 0.0
    if seconds < 1:
        raise SinkError(f"a length is like 30s, 10m or 1h, got {text!r}")
    return seconds


class Segments:
    """An output that records. A full disk costs recordings, never the stream."""

    def __init__(
        self,
        pattern: str,
        *,
        seconds: float,
        keep: Retention = Retention(),  # noqa: B008 - frozen
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        """Writes nothing yet.

        Args:
            pattern: A path with `strftime` fields such as `rec/%Y%m%d-%H%M%S.mp4`.
            seconds: Length of a file; it ends at the next key frame.
            keep: Which files stay.
            now: Gives files their names.

        Raises:
            SinkError: The pattern has no field, no known suffix, or no possible folder.
        """
        path = Path(pattern)
        if "%" not in path.name or path.suffix not in _MUXERS:
            raise SinkError(f"{pattern}: a name is wanted like rec/%Y%m%d-%H%M%S.mp4")
        check_folder(path.parent)
        self.name = str(path)
        self.files = 0
        self.failures = 0
        self.deleted = 0
        """Files that had to go for newer ones."""
        self._error = ""
        self._bytes_sent = 0
        self._path, self._seconds, self._keep, self._now = path, seconds, keep, now
        self._container: OutputContainer | None = None
        self._remuxer: Remuxer | None = None
        self._file: UnbufferedFile | None = None
        self._audio: Audio | None = None
        self._target = path
        self._begun = 0
        self._key_wanted = False
        self._resume_at = 0.0
        self._own: list[Path] = []

    @property
    def status(self) -> OutputStatus:
        """How it is doing; for any thread."""
        return OutputStatus(
            name=self.name,
            kind="record",
            connected=not self._error,
            error=self._error,
            bytes_sent=self._bytes_sent,
            failures=self.failures,
            deleted=self.deleted,
        )

    def carries(self, audio: Audio) -> bool:
        """Whether the container of the recordings holds it."""
        return carries(_MUXERS[self._path.suffix], audio)

    def start(self, audio: Audio | None) -> None:
        """Takes over the files that an earlier run left, to count them.

        Raises:
            SinkError: The folder has gone.
        """
        self._audio = audio
        folder = self._path.parent
        make_folder(folder)
        try:
            self._own = recordings_of(self._path)
        except OSError as error:
            raise SinkError(f"{folder}/: {error.strerror}") from None

    def send(self, packet: Encoded) -> None:
        """Writes a packet, or counts why it could not."""
        if time.monotonic() < self._resume_at:
            return
        try:
            self._write(packet)
        except (FFmpegError, OSError) as error:
            self._resume_at = time.monotonic() + _RETRY_SECONDS
            self._let_go()
            self._delete_if_nothing_plays()
            self._failed(error)

    def _failed(self, error: FFmpegError | OSError) -> None:
        self.failures += 1
        self._error = error.strerror or str(error)
        _LOG.error("record=%s failed=%r", self.name, self._error)

    def _let_go(self) -> None:
        """A trailer is not written: it would spoil the fragments that are safe."""
        if self._file is not None:
            self._file.close()
        self._container = self._remuxer = None

    def _delete_if_nothing_plays(self) -> None:
        """A full disk may have room for a name and a head, but not for a picture."""
        with suppress(OSError):
            if not has_picture(self._target):
                self._target.unlink()

    def _write(self, packet: Encoded) -> None:
        elapsed = (packet.pts - self._begun) * TIME_BASE
        due = self._container is None or elapsed >= self._seconds
        due = due and not packet.audio
        if due and packet.key:
            self._next_file(packet)
        self._key_wanted = (due and not packet.key) or (
            packet.audio and self._key_wanted
        )
        if self._container is not None and self._remuxer is not None:
            self._remuxer.put(packet)
            self._bytes_sent += len(packet.data)
            if self._error and packet.key:
                _LOG.info("record=%s goes on", self.name)
                self._error = ""

    def _next_file(self, first: Encoded) -> None:
        self._complete()
        self._target = free_name(self._path, self._now())
        options = _ALWAYS | (_CRASH_SAFE if self._target.suffix == ".mp4" else {})
        muxer = _MUXERS[self._target.suffix]
        self._file = UnbufferedFile(self._target)
        container = av.open(self._file, "w", format=muxer, options=options)
        self._remuxer = Remuxer(container, first, self._audio)
        self._container, self._begun = container, first.pts
        self.files += 1
        self._delete_oldest()
        self._own.append(self._target)

    def _delete_oldest(self) -> None:
        """Deletes what is too much, one file being counted that is written now."""
        kept = [_kept(path) for path in self._own if path.exists()]
        limit = self._keep
        if limit.files is not None:
            limit = replace(limit, files=limit.files - 1)
        free = shutil.disk_usage(self._path.parent).free
        for path in limit.spare(kept, time.time(), free):
            path.unlink(missing_ok=True)
            self.deleted += 1
            _LOG.info("record=%s deleted=%s", self.name, path.name)
        self._own = [path for path in self._own if path.exists()]

    def _complete(self) -> None:
        remuxer, self._container, self._remuxer = self._remuxer, None, None
        if remuxer is not None and self._file is not None:
            with closing(self._file):
                remuxer.close()

    def key_wanted(self) -> bool:
        """Whether a file is due to end, which a key frame lets it do."""
        return self._key_wanted

    def close(self) -> None:
        """Completes the last file; may be called twice."""
        try:
            self._complete()
        except (FFmpegError, OSError) as error:
            self._failed(error)


def _kept(path: Path) -> KeptFile:
    found = path.stat()
    return KeptFile(path, found.st_size, found.st_mtime)
