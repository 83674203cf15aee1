"""A stream of audio in a container, for packets that are encoded already."""

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet

from sinks.audio import transcode
from sinks.audio.sample_clock import SILENCE, SampleClock
from sinks.audio.transcode import AudioTranscoder
from sinks.packets import TIME_BASE
from sources.audio import Audio

_G711 = frozenset({"pcm_alaw", "pcm_mulaw"})
_CARRIED = {
    "mp4": {"aac", "opus"},
    "mov": {"aac", *_G711},
    "matroska": {"aac", "opus"},
    "webm": {"opus"},
    "mpegts": {"aac", "opus"},
    "hls": {"aac"},
    "flv": {"aac", *_G711},
    "rtsp": {"aac", "opus", *_G711},
    "serve": {"aac", "opus", *_G711},
}
"""What players understand. FFmpeg writes Opus into FLV, but only the newest servers
read it; it writes G.711 into MPEG-TS as data that nobody reads, and PyAV refuses it
for Matroska."""
_TELEPHONE_ONLY = frozenset({"flv", "serve"})
"""Where G.711 has no field for any other rate than 8000 Hz."""
_ANEW = frozenset({"mp4", "matroska", "mpegts", "hls"})
"""Where G.711 is encoded anew."""
_ENCODERS = {"opus": "libopus"}
_PATIENCE = 2 * 90_000
_SILENT_FRAMES = 3
"""An encoder holds one or two back."""


def carries(container: str, audio: Audio) -> bool:
    """Whether `container` holds `audio`, as it is or encoded anew.

    Args:
        container: FFmpeg's name of a muxer, or `serve`.
        audio: What comes.
    """
    return _holds(container, audio) or _encodes(container, audio)


def _encodes(container: str, audio: Audio) -> bool:
    """Whether G.711 goes into `container` as AAC, for want of a place of its own."""
    return (
        container in _ANEW
        and audio.codec in _G711
        and audio.rate in (av.Codec(transcode.CODEC, "w").audio_rates or ())
    )


def _holds(container: str, audio: Audio) -> bool:
    if audio.codec not in _CARRIED.get(container, ()):
        return False
    telephone = audio.rate == 8000 and audio.layout == "mono"
    if container in _TELEPHONE_ONLY and audio.codec in _G711 and not telephone:
        return False
    return container != "serve" or audio.layout in {"mono", "stereo"}


def has_head(audio: Audio) -> bool:
    """Whether FFmpeg can make the head of such a stream, which takes an encoder."""
    name = _ENCODERS.get(audio.codec, audio.codec)
    try:
        encoder = av.CodecContext.create(name, "w")
        if not isinstance(encoder, AudioCodecContext):
            return False
        encoder.sample_rate, encoder.layout = audio.rate, audio.layout
        encoder.format = (encoder.codec.audio_formats or [encoder.format])[0]
        encoder.time_base = Fraction(1, audio.rate)
        encoder.open()
    except (FFmpegError, ValueError, ZeroDivisionError):
        return False
    return True


class AudioTrack:
    """The stream, once it is added; times always rise."""

    def __init__(self, container: OutputContainer, audio: Audio) -> None:
        """Adds the stream as its encoder would; call it before the head is written.

        An encoder of the same codec, rate and layout makes the same head, and PyAV
        offers no other way to one without a file to copy it from.
        """
        anew = _encodes(container.format.name, audio)
        codec = transcode.CODEC if anew else audio.codec
        name = _ENCODERS.get(codec, codec)
        stream = container.add_stream(name, rate=audio.rate, layout=audio.layout)
        if not isinstance(stream, AudioStream):  # for the type checker: it is one
            raise TypeError(name)
        stream.codec_context.open()
        if audio.config:
            stream.codec_context.extradata = bytes.fromhex(audio.config)
        self._container, self._stream, self._audio = container, stream, audio
        self._waited_for = container.format.name in {"mp4", "mov"}
        self._begin: int | None = None
        self._last = self._written = -1
        self._anew = AudioTranscoder(audio) if anew else None
        counted = container.format.name == "mov" and audio.codec in SILENCE
        self._count = SampleClock(audio) if counted else None

    def put(self, data: bytes, pts: int) -> bool:
        """Writes a packet; one before time zero or out of order is left out.

        Args:
            data: Of one packet.
            pts: In 1/90000 s.
        """
        if pts <= self._last:
            return False
        self._last = pts
        self._mux_all(self._parts(data, pts))
        return True

    def picture_at(self, pts: int) -> None:
        """Says that a picture of this time is written, in 1/90000 s.

        MP4 and MOV write nothing before each track has begun: one that stays silent for
        two seconds begins with a moment of silence.
        """
        if self._last >= 0 or self._written >= 0 or not self._waited_for:
            return
        self._begin = pts if self._begin is None else self._begin
        if pts - self._begin > _PATIENCE:
            self._mux_all(self._silence(max(self._begin, 0)))

    def _silence(self, pts: int) -> Iterable[tuple[int, bytes]]:
        silent = SILENCE.get(self._audio.codec)
        if silent is not None:
            return self._parts(silent * (self._audio.rate // 2), pts)
        encoder = self._stream.codec_context
        kind = np.float32 if encoder.format.name.startswith("flt") else np.int16
        shape = encoder.layout.nb_channels, encoder.frame_size
        if encoder.format.is_packed:
            shape = 1, shape[0] * shape[1]
        packets: list[Packet[AudioStream]] = []
        for number in range(_SILENT_FRAMES):
            zeros = np.zeros(shape, kind)
            frame = AudioFrame.from_ndarray(
                zeros, encoder.format.name, encoder.layout.name
            )
            frame.sample_rate, frame.pts = encoder.sample_rate, number * shape[1]
            frame.time_base = Fraction(1, encoder.sample_rate)
            packets += encoder.encode(frame)
        return [(pts, bytes(packets[-1]))] if packets else []

    def finish(self) -> None:
        """Writes what an encoder still holds; call it before the tail is written."""
        if self._anew is not None:
            self._mux_all(self._anew.rest())

    def _parts(self, data: bytes, pts: int) -> Iterable[tuple[int, bytes]]:
        if self._anew is not None:
            return self._anew.put(data, pts)
        return self._count.fitted(data, pts) if self._count else [(pts, data)]

    def _mux_all(self, parts: Iterable[tuple[int, bytes]]) -> None:
        for start, part in parts:
            if start > self._written:
                self._mux(part, start)
                self._written = start

    def _mux(self, data: bytes, pts: int) -> None:
        packet = Packet(data)
        packet.time_base = TIME_BASE
        packet.pts = packet.dts = pts
        packet.is_keyframe = True
        packet.stream = self._stream
        self._container.mux(packet)
