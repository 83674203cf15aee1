"""The frame: one decoded picture with its time, and what must not get lost on the way.

Every stage hands this value on. Nothing in it is converted silently: the picture keeps
the planes, the depth and the colour description that it was decoded with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, runtime_checkable

import av
import numpy as np
import numpy.typing as npt

from sources.pictures.alpha import Alpha
from sources.pictures.metadata import PictureMetadata

RgbArray = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
"""A picture as an array [height, width, 3], red first; uint16 is full scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour:
    """How the numbers of a picture become light, in FFmpeg's integers (ITU-T H.273).

    2 means "not said" in `matrix`, `primaries` and `transfer`; 0 means it in
    `full_range` (1 limited, 2 full) and `chroma_location`.
    """

    matrix: int = 2
    full_range: int = 0
    primaries: int = 2
    transfer: int = 2
    chroma_location: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of a stream.

    The planes belong to `picture`; a stage that keeps the frame keeps them alive.
    """

    picture: av.VideoFrame
    """The planes as decoded: any pixel format, 8 to 16 bit; read-only by convention."""
    index: int
    """Counts the frames of the stream in order of presentation, from 0."""
    pts: int
    """Presentation time in `time_base` units, as the source said it, plus `shift`."""
    time_base: Fraction
    """Seconds of one unit of `pts`."""
    colour: Colour
    rotation: int = 0
    """Counter-clockwise turn for showing, in degrees: 0, 90, 180 or 270."""
    mirrored: bool = False
    """Whether it is shown with left and right exchanged, after that turn."""
    arrived_ns: int = 0
    """Monotonic clock when the source had the whole frame."""
    late_ns: int | None = None
    """How much later than usual it came, by the clock of a live source; None where
    only `pts` can tell."""
    name: str = ""
    """The file that the picture alone came from, without folders; else empty."""
    side_data: frozenset[str] = frozenset()
    """FFmpeg's names of what hangs on the picture besides its pixels: `A53_CC`, ..."""
    metadata: PictureMetadata | None = None
    """Of a picture file; None for a frame of a video."""
    alpha: Alpha | None = None
    """On the way to a sink that stores it beside the colour: how opaque each pixel
    is."""
    shift: int = 0
    """Units by which `pts` and all else of the file were moved: see `Timeline`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """What a source knows of its stream before the first frame is asked for."""

    width: int
    height: int
    pixel_format: str
    """FFmpeg's name, such as `yuv420p10le`."""
    time_base: Fraction
    colour: Colour
    rotation: int = 0
    mirrored: bool = False
    frame_rate: Fraction | None = None
    """The rate the container announces: a hint for encoders, never used for time."""
    frames: int | None = None
    """How many frames are expected, for progress; None when nobody knows."""
    duration: float | None = None
    """Seconds, for progress; None when nobody knows."""
    decoder: str = ""
    """What makes the pictures, for the report: `h264`, `h264_cuda`, `drawn`, ..."""
    live: bool = False
    """A live source is not waited for: late frames are dropped, not queued."""
    side_data: frozenset[str] = frozenset()
    """FFmpeg's names of what hangs on the first picture, once it is there."""
    pixel_aspect: Fraction | None = None
    """Width of one pixel over its height; None when nobody said."""


@dataclass(slots=True, kw_only=True)
class Health:
    """What went wrong in a source without ending it; written by its thread only."""

    corrupt_packets: int = 0
    """Packets, or pictures of a folder, that could not be decoded."""
    corrupt_frames: int = 0
    """Pictures that were handed on although the decoder calls them damaged."""
    problem: str = ""
    """Why the stream ended before its announced end, in one line; else empty."""
    notes: list[str] = field(default_factory=list)
    """What a user should know of how the stream was read, a line each."""


@runtime_checkable
class HasHealth(Protocol):
    """A source that counts its damage; drawn ones have none."""

    @property
    def health(self) -> Health:
        """Grows while the source is read."""


class Source(Protocol):
    """A stream of frames, read by one thread, once.

    The end of the iterator is the end of the stream. An error is raised, never
    disguised as an end.
    """

    @property
    def info(self) -> StreamInfo:
        """What is known of the stream; stays the same while it is read."""

    def __iter__(self) -> Iterator[Frame]:
        """Yields the frames in order of presentation."""

    def close(self) -> None:
        """Frees what is open; may be called twice, and from another thread."""


def rgb_view(picture: av.VideoFrame) -> RgbArray:
    """Views a packed RGB picture, 8 or 16 bit, as an array without copying it."""
    plane = memoryview(picture.planes[0])
    rows: RgbArray = np.frombuffer(plane, np.uint8)
    if picture.format.name == "rgb48le":
        rows = np.frombuffer(plane, np.uint16)
    rows = rows.reshape(picture.height, -1)[:, : picture.width * 3]
    return rows.reshape(picture.height, picture.width, 3)
