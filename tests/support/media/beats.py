"""Flashes and beeps that belong together, and how far apart they come out again."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import av
import numpy as np

from sources.audio import Audio, AudioPacket
from sources.frame import Colour, Frame, StreamInfo

RATE = 25
TIME_BASE = Fraction(1, 90_000)
CODECS = ("aac", "opus", "pcm_alaw", "pcm_mulaw")
INFO = StreamInfo(
    width=160,
    height=96,
    pixel_format="yuv420p",
    time_base=TIME_BASE,
    colour=Colour(),
    frame_rate=Fraction(RATE),
    live=True,
)
_LOUD = 0.2
_PAIR_MS = 500
_ENCODERS = {"opus": "libopus"}
_OPTIONS = {"rtsp_transport": "tcp", "analyzeduration": "200000"}


def pictures(seconds: int, skip: int = 0) -> Iterator[Frame]:
    """Yields dark pictures; the first three of each second are bright."""
    for index in range(skip * RATE, (skip + seconds) * RATE):
        picture = av.VideoFrame(160, 96, "yuv420p")
        for plane, value in zip(picture.planes, (0, 128, 128), strict=True):
            bright = value == 0 and index % RATE < 3
            plane.update(bytes([235 if bright else value or 16]) * plane.buffer_size)
        yield Frame(
            picture=picture,
            index=index,
            pts=index * 90_000 // RATE,
            time_base=TIME_BASE,
            colour=Colour(),
        )


class Beeps:
    """Audio that beeps at the beginning of each second, as packets."""

    def __init__(self, codec: str, seconds: int) -> None:
        rate = 8000 if codec.startswith("pcm") else 48_000
        encoder = av.CodecContext.create(_ENCODERS.get(codec, codec), "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate, encoder.layout = rate, "mono"
        encoder.format = "fltp" if codec == "aac" else "s16"
        encoder.time_base = Fraction(1, rate)
        encoder.open()
        self.packets = [
            AudioPacket(bytes(packet), round(packet.pts * packet.time_base / TIME_BASE))
            for frame in self._frames(encoder, seconds)
            for packet in encoder.encode(frame)
            if packet.pts is not None
        ]
        config = bytes(encoder.extradata or b"").hex() if codec == "aac" else ""
        self.kind = Audio(codec=codec, rate=rate, layout="mono", config=config)

    @staticmethod
    def _frames(encoder: av.AudioCodecContext, seconds: int) -> Iterator[av.AudioFrame]:
        rate, size = encoder.sample_rate, encoder.frame_size or 160
        times = np.arange(seconds * rate) / rate
        wave = 0.8 * np.sin(2 * np.pi * 440 * times) * (times % 1 < 0.1)
        for start in range(0, len(wave) - size + 1, size):
            samples = wave[None, start : start + size].astype(np.float32)
            if encoder.format.name == "s16":
                samples = (samples * 32_767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples, encoder.format.name, "mono")
            frame.sample_rate, frame.pts = rate, start
            frame.time_base = Fraction(1, rate)
            yield frame


def offsets_ms(address: str, count: int = 1000, **options: str) -> list[float]:
    """Returns how much later than its flash each beep came, for `count` flashes.

    A flash without a beep within half a second, where audio is missing, gives none.
    """
    opened = av.open(address, options={**_OPTIONS, **options}, timeout=(60, 30))
    with opened as container:
        flashes: list[float] = []
        beeps: list[float] = []
        for kind, time in _events(container):
            (flashes if kind == "flash" else beeps).append(time)
            # one more, so that the last one that counts has its beep, early or late
            paired = beeps and len(flashes) > 1 and beeps[-1] > flashes[-2] + 0.5
            if len(flashes) > count and (paired or len(flashes) > count + 2):
                break
    assert beeps, "no beep was heard"
    nearest = (min(beeps, key=lambda beep: abs(beep - flash)) for flash in flashes)
    both = islice(zip(flashes, nearest, strict=True), count)
    offsets = (1000 * (beep - flash) for flash, beep in both)
    return [offset for offset in offsets if abs(offset) < _PAIR_MS]


def _events(container: av.container.InputContainer) -> Iterator[tuple[str, float]]:
    """Yields each time it turns bright, and each time it turns loud."""
    dark, loud_at = False, -1.0
    for frame in _frames(container):
        if frame.time is None:
            continue
        if isinstance(frame, av.VideoFrame):
            bright = (
                float(np.frombuffer(memoryview(frame.planes[0]), np.uint8).mean()) > 128
            )
            if bright and dark:
                yield "flash", frame.time
            dark = not bright
            continue
        for time in _loud_times(frame):
            if time - loud_at > 0.3:
                yield "beep", time
            loud_at = time


def _frames(
    container: av.container.InputContainer,
) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """Yields what can be decoded, to the end, which of a live stream may be torn."""
    streams = [*container.streams.video[:1], *container.streams.audio[:1]]
    packets = container.demux(streams)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            decoded = packet.decode()
        except av.FFmpegError:
            continue
        for frame in decoded:
            if isinstance(frame, av.VideoFrame | av.AudioFrame):
                yield frame


def _loud_times(frame: av.AudioFrame) -> list[float]:
    samples = frame.to_ndarray().astype(np.float64).reshape(-1)
    if not frame.format.is_planar:
        samples = samples[:: frame.layout.nb_channels]
    full = 32_768 if frame.format.name.startswith("s16") else 1
    loud = np.flatnonzero(np.abs(samples[: frame.samples]) > _LOUD * full)
    return [(frame.time or 0.0) + float(at) / frame.sample_rate for at in loud]
