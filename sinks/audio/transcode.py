"""Encodes the audio of telephones (G.711) as AAC, where it has no place of its own.

Cameras send it because it costs them nothing; MP4, Matroska, transport streams and
browsers have no word for it.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.packet import Packet

from sinks.audio.sample_clock import SampleClock
from sinks.packets import TIME_BASE
from sources.audio import Audio

CODEC = "aac"
_BITS_A_SAMPLE = 4
"""32 kbit/s for 8000 Hz: half of what G.711 takes; AAC allows little more."""
_LONGEST_SILENCE = 1.0
"""Seconds; after longer ones, as of a camera that was away, it begins anew."""


class AudioTranscoder:
    """Decodes and encodes one kind of audio; times stay as they were."""

    def __init__(self, audio: Audio) -> None:
        """`audio` is G.711."""
        self._audio = audio
        self._decoder = _context(audio.codec, "r", audio)
        self._encoder = _encoder(audio)
        self._count = SampleClock(audio)
        self._begun, self._end = 0, 0

    def put(self, data: bytes, pts: int) -> Iterator[tuple[int, bytes]]:
        """Takes a packet and yields those that are ready, each with its time.

        What is lost for a moment becomes silence. Times are in 1/90000 s.
        """
        if abs(pts - self._end) * TIME_BASE > _LONGEST_SILENCE:
            yield from self.rest()
            self._encoder = _encoder(self._audio)
            self._count = SampleClock(self._audio)
            self._begun = pts
        for start, part in self._count.fitted(data, pts - self._begun):
            for frame in self._decoder.decode(Packet(part)):
                frame.pts = round(start * TIME_BASE * self._audio.rate)
                frame.time_base = Fraction(1, self._audio.rate)
                yield from self._encoded(frame)
        self._end = pts

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """Yields what the encoder still holds; it takes no more after that."""
        yield from self._encoded(None)

    def _encoded(self, frame: AudioFrame | None) -> Iterator[tuple[int, bytes]]:
        for packet in self._encoder.encode(frame):
            if packet.pts is not None:
                seconds = packet.pts * Fraction(1, self._audio.rate)
                yield self._begun + round(seconds / TIME_BASE), bytes(packet)


def _context(name: str, mode: Literal["r", "w"], audio: Audio) -> AudioCodecContext:
    context = av.CodecContext.create(name, mode)
    if not isinstance(context, AudioCodecContext):  # for the type checker: it is one
        raise TypeError(name)
    context.sample_rate, context.layout = audio.rate, audio.layout
    return context


def _encoder(audio: Audio) -> AudioCodecContext:
    encoder = _context(CODEC, "w", audio)
    encoder.format = "fltp"
    encoder.bit_rate = audio.rate * _BITS_A_SAMPLE * encoder.layout.nb_channels
    encoder.time_base = Fraction(1, audio.rate)
    encoder.open()
    return encoder
