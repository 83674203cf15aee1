"""Puts packets that are already encoded into a container, whatever kind it is."""

import io

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from sinks.audio.track import AudioTrack
from sinks.packets import TIME_BASE, Encoded
from sources.audio import Audio


class Remuxer:
    """The streams of one container, and what time zero is there."""

    def __init__(
        self, container: OutputContainer, first: Encoded, audio: Audio | None
    ) -> None:
        """Adds the streams and writes the head.

        Args:
            container: Newly opened.
            first: A key frame; its time becomes zero. FFmpeg reads size, profile and
                parameter sets from it.
            audio: What kind of audio will come, if any; the container `carries` it.
        """
        self._container, self._begun = container, first.pts
        self._video = _add_video(container, first)
        self._audio = AudioTrack(container, audio) if audio else None
        container.start_encoding()

    @property
    def begun(self) -> int:
        """The time of the first packet."""
        return self._begun

    def put(self, packet: Encoded) -> None:
        """Writes a packet; audio that came before the first picture is left out."""
        pts = packet.pts - self._begun
        if packet.audio:
            if self._audio is not None:
                self._audio.put(packet.data, pts)
            return
        if self._audio is not None:
            self._audio.picture_at(pts)
        picture = Packet(packet.data)
        picture.time_base = TIME_BASE
        picture.pts = picture.dts = pts
        picture.is_keyframe = packet.key
        picture.stream = self._video
        self._container.mux(picture)

    def close(self) -> None:
        """Writes what is held back, and the tail.

        Raises:
            FFmpegError: The disk is full.
        """
        if self._audio is not None:
            self._audio.finish()
        self._container.close()


def _add_video(container: OutputContainer, key_frame: Encoded) -> VideoStream:
    with av.open(io.BytesIO(key_frame.data), format="h264") as sample:
        stream = container.add_stream_from_template(sample.streams.video[0])
    stream.time_base = TIME_BASE
    return stream
