"""Brings the pictures of a live source to the size that the run sends.

All that leaves a run has one size. A camera that changes its own gets bars at two
sides: stretched, people and number plates would have a wrong shape.
"""

import logging
import re
from dataclasses import replace
from fractions import Fraction

import av
from av.filter import Graph

from sources.frame import Frame
from sources.nvdec import ON_DEVICE, downloaded
from streamer.errors import StreamerError

_SIZE = re.compile(r"(\d+)x(\d+)")
_LEAST, _MOST = 16, 16_384
_UNSAID = (2, 0)
"""FFmpeg's numbers for a matrix and a range that nobody tells."""
_LOG = logging.getLogger("derain.live")


def size_in(text: str) -> tuple[int, int]:
    """Returns width and height of a text such as `640x360`.

    Raises:
        StreamerError: It is something else, or one of them is odd or out of range.
    """
    found = _SIZE.fullmatch(text)
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if any(side % 2 or not _LEAST <= side <= _MOST for side in size):
        raise StreamerError(f"size is like 640x360, both even, got {text!r}")
    return size


class Letterbox:
    """Scales pictures; for one thread."""

    def __init__(self, name: str, size: tuple[int, int] | None = None) -> None:
        """Takes pictures as they are until something is asked for.

        Args:
            name: Of the source, for the log.
            size: Width and height of all pictures; None: those of the first one.
        """
        self.notes: list[str] = []
        self._name, self._size, self._wanted = name, size, size is not None
        self._graph: Graph | None = None
        self._kind: tuple[int, int, str] | None = None

    def fitted(self, frame: Frame) -> Frame:
        """Returns the frame in the size of all, with bars where its shape differs."""
        picture = frame.picture
        if self._size is None:
            self._size = (picture.width, picture.height)
        if (picture.width, picture.height) == self._size:
            return frame
        if picture.format.name == ON_DEVICE:
            picture = downloaded(picture)
        kind = (picture.width, picture.height, picture.format.name)
        if self._graph is None or kind != self._kind:
            self._tell(kind)
            self._graph, self._kind = _letterboxing(picture, self._size), kind
        return replace(frame, picture=_through(self._graph, picture))

    def _tell(self, kind: tuple[int, int, str]) -> None:
        if self._wanted and self._kind is None:
            return
        width, height, _ = kind
        was = "x".join(map(str, self._size or ()))
        said = f"the picture size is {width}x{height} now: scaled into {was}"
        _LOG.warning("source=%s %s", self._name, said)
        self.notes.append(said)


def _letterboxing(picture: av.VideoFrame, size: tuple[int, int]) -> Graph:
    """Returns a filter that scales pictures like this one into `size`, with bars."""
    graph, (width, height) = Graph(), size
    source = graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=Fraction(1, 90_000),
    )
    inside = f"{width}:{height}:force_original_aspect_ratio=decrease"
    scale = graph.add("scale", f"{inside}:force_divisible_by=2:flags=area")
    pad = graph.add("pad", f"{width}:{height}:-1:-1")
    sink = graph.add("buffersink")
    graph.link_nodes(source, scale, pad, sink)
    graph.configure()
    return graph


def _through(graph: Graph, picture: av.VideoFrame) -> av.VideoFrame:
    pts, base = picture.pts, picture.time_base
    matrix, colour_range = picture.colorspace, picture.color_range
    picture.colorspace, picture.color_range = _UNSAID  # or it is converted, from tags
    graph.push(picture)
    fitted = graph.pull()
    if not isinstance(fitted, av.VideoFrame):  # for the type checker
        raise TypeError(type(fitted).__name__)
    fitted.pts = pts
    if base is not None:
        fitted.time_base = base
    for one in (picture, fitted):
        one.colorspace, one.color_range = matrix, colour_range
    return fitted
