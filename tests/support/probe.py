"""Reads back what was written, as any player would."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a video file holds."""

    times: list[Fraction]
    """Presentation times of the frames, in seconds."""
    sizes: set[tuple[int, int]]
    pixel_formats: set[str]
    tags: set[tuple[int, int, int, int]]
    """Matrix, range, primaries, transfer."""
    rotations: set[int]
    pixel_aspect: Fraction | None
    streams: list[str]
    languages: list[str | None]
    metadata: dict[str, str]
    bad_packets: int


def look_at(path: Path) -> Seen:
    """Decodes the whole best video stream, tolerating damage."""
    with av.open(str(path)) as container:
        stream = container.streams.best("video")
        assert isinstance(stream, av.VideoStream)
        stream.thread_type = "AUTO"
        frames, bad = _decoded(container, stream)
        return Seen(
            times=[seconds_of(f) for f in frames if f.pts is not None],
            sizes={(f.width, f.height) for f in frames},
            pixel_formats={f.format.name for f in frames},
            tags={
                (f.colorspace, f.color_range, f.color_primaries, f.color_trc)
                for f in frames
            },
            rotations={f.rotation % 360 for f in frames},
            pixel_aspect=stream.sample_aspect_ratio,
            streams=[s.type for s in container.streams],
            languages=[s.language for s in container.streams],
            metadata=dict(container.metadata),
            bad_packets=bad,
        )


def seconds_of(frame: av.VideoFrame) -> Fraction:
    """Returns when the frame is shown; it must have a time."""
    assert frame.pts is not None
    assert frame.time_base is not None
    return frame.pts * frame.time_base


def _decoded(
    container: av.container.InputContainer, stream: av.VideoStream
) -> tuple[list[av.VideoFrame], int]:
    frames: list[av.VideoFrame] = []
    bad = 0
    for packet in container.demux(stream):
        try:
            frames += packet.decode()
        except av.error.FFmpegError:
            bad += 1
    return frames, bad


def first_picture(path: Path) -> av.VideoFrame:
    """Returns the first frame as decoded."""
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def plane(frame: av.VideoFrame, number: int) -> npt.NDArray[np.uint8]:
    """Returns one 8 bit plane without padding."""
    part = frame.planes[number]
    rows = np.frombuffer(memoryview(part), np.uint8).reshape(part.height, -1)
    return rows[:, : part.width]


def payload(path: Path, kind: str) -> bytes:
    """Returns all packets of the first stream of a kind, one behind the other."""
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return b"".join(bytes(packet) for packet in container.demux(stream))
