"""Encodes the audio of a file anew where its container has no place for it.

Telephone audio (G.711, ADPCM) and other plain samples become 16 bit PCM where there is
a place for that, which loses nothing; TTA becomes FLAC; all else AAC, in WebM Opus.
"""

from collections.abc import Iterator
from fractions import Fraction

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

_PLAIN = ("pcm_", "adpcm_")
_PCM_IN = frozenset({"matroska", "mov"})
_CODECS = {"webm": "libopus", "mp4": "aac", "mov": "aac", "matroska": "aac"}
_BITS_A_CHANNEL = 96_000
_GAP_SECONDS = 0.1


def add_reencoded(
    output: OutputContainer, stream: AudioStream, codec: str
) -> "tuple[AudioStream, AudioReencoder]":
    """Adds audio of another codec to `output`, before its header is written.

    Returns:
        The new stream, and what makes its packets from those of `stream`.

    Raises:
        TypeError: `codec` is none of audio.
    """
    rate = _rate_for(codec, stream.codec_context.sample_rate)
    copy = output.add_stream(codec, rate=rate, layout=_layout_for(codec, stream))
    if not isinstance(copy, AudioStream):
        raise TypeError(f"{codec} must be audio.")
    encoder = copy.codec_context
    _open(encoder, codec)
    return copy, AudioReencoder(stream.codec_context, encoder)


def aac_encoder(stream: AudioStream, most_channels: int) -> AudioCodecContext:
    """Returns an open encoder that makes AAC of a stream's audio, in no container.

    Args:
        stream: Of the source.
        most_channels: More become stereo.

    Raises:
        TypeError: FFmpeg has no AAC.
    """
    encoder = av.CodecContext.create("aac", "w")
    if not isinstance(encoder, AudioCodecContext):
        raise TypeError("aac must be audio.")
    layout = _layout_for("aac", stream)
    many = stream.codec_context.layout.nb_channels > most_channels
    encoder.layout = "stereo" if many else layout
    encoder.sample_rate = _rate_for("aac", stream.codec_context.sample_rate)
    encoder.format = "fltp"
    encoder.time_base = Fraction(1, encoder.sample_rate)
    _open(encoder, "aac")
    return encoder


def _open(encoder: AudioCodecContext, codec: str) -> None:
    if not codec.startswith(("pcm", "flac")):
        encoder.bit_rate = _BITS_A_CHANNEL * encoder.layout.nb_channels
    encoder.open()


def codec_for(container: str, stream: Stream) -> str:
    """Returns the codec that audio gets anew in `container`; empty if none."""
    context = stream.codec_context
    if not isinstance(stream, AudioStream) or context is None:
        return ""
    if is_misread(container, stream):
        return "flac"
    if container in _PCM_IN and context.name.startswith(_PLAIN):
        return "pcm_s16le"
    return _CODECS.get(container, "")


def is_misread(container: str, stream: Stream) -> bool:
    """Whether a container holds audio that FFmpeg cannot read back to its end.

    TTA must know its number of samples; of Matroska FFmpeg takes that from the length
    of the whole file, in ms, and misses the last packet if that is not exact.
    """
    context = stream.codec_context
    return container == "matroska" and context is not None and context.name == "tta"


class AudioReencoder:
    """Decodes and encodes one stream; what cannot be decoded is left out."""

    def __init__(self, decoder: AudioCodecContext, encoder: AudioCodecContext) -> None:
        """Takes packets that `decoder` knows; `encoder` is open."""
        self._encoder, self._decoder = encoder, decoder
        self._resampler = self._new_resampler()
        self._end: Fraction | None = None

    def _new_resampler(self) -> AudioResampler:
        return AudioResampler(
            format=self._encoder.format,
            layout=self._encoder.layout,
            rate=self._encoder.sample_rate,
            frame_size=self._encoder.frame_size or None,
        )

    def __call__(self, packet: "Packet[Stream]") -> "Iterator[Packet[Stream]]":
        """Yields what is ready, with the times of `packet`."""
        try:
            frames = self._decoder.decode(packet)
        except FFmpegError:
            return
        for frame in frames:
            yield from self._encoded(frame)

    def _encoded(self, frame: AudioFrame) -> "Iterator[Packet[Stream]]":
        if frame.pts is not None and frame.time_base is not None:
            start = frame.pts * frame.time_base
            if self._end is not None and abs(start - self._end) > _GAP_SECONDS:
                yield from self._flushed()
                self._resampler = self._new_resampler()
            self._end = start + Fraction(frame.samples, frame.sample_rate)
        for part in self._resampler.resample(frame):
            yield from self._encoder.encode(part)

    def _flushed(self) -> "Iterator[Packet[Stream]]":
        for part in self._resampler.resample(None):
            yield from self._encoder.encode(part)

    def rest(self) -> "Iterator[Packet[Stream]]":
        """Yields what is still held; it takes no more after that."""
        if self._end is not None:
            yield from self._flushed()
            yield from self._encoder.encode(None)


def _rate_for(codec: str, rate: int) -> int:
    known = av.Codec(codec, "w").audio_rates
    if not known or rate in known:
        return rate
    return min(known, key=lambda other: (other < rate, abs(other - rate)))


def _layout_for(codec: str, stream: AudioStream) -> str:
    channels = stream.codec_context.layout.nb_channels
    named = stream.codec_context.layout.name
    usual = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
    if codec.startswith("pcm") and not named.endswith(" channels"):
        return named
    return usual.get(channels, "stereo")
