"""HLS for browsers: a playlist and pieces of video in a folder for any web server."""

from pathlib import Path

import av
from av.container import OutputContainer
from av.error import FFmpegError

from sinks.audio.track import carries
from sinks.errors import SinkError
from sinks.live.remux import Remuxer
from sinks.packets import Encoded
from sources.audio import Audio

_OPTIONS = {
    "hls_time": "2",
    "hls_list_size": "6",
    "hls_flags": "delete_segments+independent_segments+program_date_time",
    "hls_segment_type": "mpegts",
    "max_interleave_delta": "500000",  # pictures wait so long for audio, not 10 s
}


class Hls:
    """An output that writes `folder/index.m3u8` and the last six pieces of 2 s."""

    def __init__(self, playlist: Path) -> None:
        """Writes nothing yet.

        Raises:
            SinkError: The folder does not exist.
        """
        if not playlist.parent.is_dir():
            raise SinkError(f"{playlist.parent}/: there is no such folder")
        self.name = str(playlist)
        self._playlist = playlist
        self._container: OutputContainer | None = None
        self._remuxer: Remuxer | None = None
        self._audio: Audio | None = None

    def carries(self, audio: Audio) -> bool:
        """AAC: what browsers take in a transport stream."""
        return carries("hls", audio)

    def start(self, audio: Audio | None) -> None:
        """Begins with the first key frame."""
        self._audio = audio

    def send(self, packet: Encoded) -> None:
        """Writes a packet.

        Raises:
            SinkError: The disk is full or the folder gone.
        """
        try:
            if self._container is None and packet.key:
                self._open(packet)
            if self._container is not None and self._remuxer is not None:
                self._remuxer.put(packet)
        except (FFmpegError, OSError) as error:
            raise SinkError(f"{self.name}: {error.strerror}") from None

    def _open(self, first: Encoded) -> None:
        pieces = str(self._playlist.with_name(f"{self._playlist.stem}%05d.ts"))
        options = {**_OPTIONS, "hls_segment_filename": pieces}
        container = av.open(self.name, "w", format="hls", options=options)
        self._remuxer = Remuxer(container, first, self._audio)
        self._container = container

    def key_wanted(self) -> bool:
        """Key frames come every two seconds by themselves."""
        return False

    def close(self) -> None:
        """Ends the playlist; may be called twice."""
        remuxer, self._container, self._remuxer = self._remuxer, None, None
        if remuxer is not None:
            try:
                remuxer.close()
            except (FFmpegError, OSError) as error:
                raise SinkError(f"{self.name}: {error.strerror}") from None
