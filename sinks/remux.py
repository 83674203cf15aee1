"""Puts packets that are already encoded into a container, whatever kind it is."""

import io

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from sinks.packets import TIME_BASE, Encoded
from sources.sound import Sound

_CARRIED = {
    "mp4": {"aac", "opus"},
    "hls": {"aac"},
    "mpegts": {"aac", "opus"},
    "flv": {"aac"},
}
"""What a container holds; one that is not named here holds everything."""
_ENCODERS = {"opus": "libopus"}


class Remuxer:
    """The streams of one container, and what time zero is there."""

    def __init__(
        self, container: OutputContainer, first: Encoded, sound: Sound | None
    ) -> None:
        """Adds the streams and writes the head.

        Args:
            container: Newly opened.
            first: A key frame; its time becomes zero. FFmpeg reads size, profile and
                parameter sets from it.
            sound: What kind of sound will come, if any.
        """
        self._container, self._begun = container, first.pts
        self._video = _add_video(container, first)
        carried = sound and sound.codec in _CARRIED.get(
            container.format.name, {sound.codec}
        )
        self._sound = _add_sound(container, sound) if sound and carried else None
        self._sound_until = -1
        container.start_encoding()

    @property
    def begun(self) -> int:
        """The time of the first packet."""
        return self._begun

    def put(self, packet: Encoded) -> None:
        """Writes a packet; sound that came before the first picture is left out."""
        pts = packet.pts - self._begun
        if not packet.sound:
            self._mux(self._video, packet, pts)
        elif self._sound is not None and pts > self._sound_until:
            self._sound_until = pts
            self._mux(self._sound, packet, pts)

    def _mux(self, stream: Stream, encoded: Encoded, pts: int) -> None:
        packet = Packet(encoded.data)
        packet.time_base = TIME_BASE
        packet.pts = packet.dts = pts
        packet.is_keyframe = encoded.key or encoded.sound
        packet.stream = stream
        self._container.mux(packet)


def _add_video(container: OutputContainer, key_frame: Encoded) -> VideoStream:
    with av.open(io.BytesIO(key_frame.data), format="h264") as sample:
        stream = container.add_stream_from_template(sample.streams.video[0])
    stream.time_base = TIME_BASE
    return stream


def _add_sound(container: OutputContainer, sound: Sound) -> AudioStream:
    """Adds a stream as its encoder would; the packets come from elsewhere.

    An encoder of the same codec, rate and layout makes the same head, and PyAV offers
    no other way to one without a file to copy it from.
    """
    name = _ENCODERS.get(sound.codec, sound.codec)
    stream = container.add_stream(name, rate=sound.rate, layout=sound.layout)
    if not isinstance(stream, AudioStream):  # for the type checker: it is one
        raise TypeError(name)
    return stream
