"""Takes rain out of a moving picture by looking at the frames around each frame.

Rain only adds light, and a streak is gone in the next frame. So a pixel that is
brighter than its place in the scene is in the neighbours, found there along the
optical flow, becomes as dark as they are. By how much and where, a small network says:
`model.motion.fusion`. A darker one is never touched.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.motion.dense_flow import grid
from model.motion.links import FINE, Link, Motion, Path, joined, sampled
from model.pictures.pixels import RgbArray

Plane = NDArray[np.uint8]

REACH = 2
"""How many frames before the one in work, and after it if allowed, are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A neighbour as a frame would see it."""

    picture: RgbArray
    """Where it does not show the frame's pixel, that of the frame itself."""
    path: Path
    """From the frame to it."""


class Neighbours:
    """The memory of one stream: its last frames, and how the scene moved in them.

        neighbours = Neighbours(ahead=2)
        for frame in frames:
            neighbours.push(frame)
            if neighbours.due:
                neighbours.take(cleaned)  # of the frame pushed `ahead` before
        neighbours.end()
        while neighbours.due:
            neighbours.take(cleaned)

    Nothing is taken across a cut or a change of size.

    Args:
        ahead: 0 looks at the two frames before and delays nothing; 2 looks at the two
            frames after as well.
        remembered: To go on in mid-stream without delay: `lumas` of another memory,
            when it had seen all frames before. The frames that they belong to are
            pushed first, once more; what is said of those is of no use.
        fine: Pixels up to which flow is estimated at full size.
    """

    def __init__(
        self, ahead: int = 0, remembered: Sequence[Plane] = (), fine: int = FINE
    ) -> None:
        self._ahead = ahead
        self._motion = Motion(fine)
        self._frames: deque[RgbArray] = deque()
        self._links: deque[Link | None] = deque()  # of each frame to the one before
        self._next = 0
        self._ended = False
        self._aligned: dict[int, RgbArray] = {}
        self._owed = deque(remembered)
        self._lumas: deque[Plane] = deque(maxlen=REACH)

    @property
    def lumas(self) -> tuple[Plane, ...]:
        """What the next frames depend on, beside the frames themselves.

        Without delay each frame is found in the cleaned one before it, and so on back
        to the last cut. With frames ahead nothing older than `REACH` frames matters,
        and this is empty.
        """
        return tuple(self._lumas)

    @property
    def due(self) -> bool:
        """Whether a frame can be taken."""
        waiting = len(self._frames) - self._next
        return waiting > (0 if self._ended else self._ahead)

    def push(self, frame: RgbArray) -> None:
        """Adds the next frame, RGB [height, width, 3] of uint8 or uint16; copied.

        Raises:
            RuntimeError: A frame is due, and was not taken.
        """
        if self.due:
            raise RuntimeError("Neighbours.take is owed before the next push.")
        kept = _room(frame, self._oldest())
        np.copyto(kept, frame)
        self._frames.append(kept)
        self._links.append(self._motion.link(kept))

    def end(self) -> None:
        """Says that no frame follows: those that wait for one become due."""
        self._ended = True

    def take(self, cleaned: RgbArray) -> None:
        """Fills in what the neighbours say of the next frame that is due.

        Args:
            cleaned: Like the frame; becomes the frame, made as dark as its neighbours
                where they say that it rains.

        Raises:
            RuntimeError: No frame is due.
        """
        frame, views = self.see()
        if len(views) < REACH:
            np.copyto(cleaned, frame)
        else:
            fuse(frame, views, cleaned)
            if self._next == len(self._frames):
                self._motion.replace_last(cleaned)
        if not self._ahead:
            self._remember()

    def see(self) -> tuple[RgbArray, list[View]]:
        """Returns the next frame that is due and its neighbours, and does no more.

        The pictures are good until the next call.

        Raises:
            RuntimeError: No frame is due.
        """
        if not self.due:
            raise RuntimeError("No frame is due: push one, or say that they end.")
        frame = self._frames[self._next]
        views = list(self._views(self._next, frame))
        self._next += 1
        return frame, views

    def _remember(self) -> None:
        if self._owed:
            self._motion.last = self._owed.popleft()
        if self._motion.last is not None:
            self._lumas.append(self._motion.last)

    def _oldest(self) -> RgbArray | None:
        """Gives up the frame that nobody needs any more."""
        if len(self._frames) <= REACH + self._ahead:
            return None
        self._next -= 1
        self._links.popleft()
        return self._frames.popleft()

    def _views(self, place: int, frame: RgbArray) -> Iterator[View]:
        """Yields the neighbours as the frame at `place` would see them."""
        for number, (other, path) in enumerate(self._paths(place)):
            view = self._aligned[number] = _room(frame, self._aligned.get(number))
            sampled(self._frames[other], path.places, view)
            cv2.copyTo(frame, path.lost, view)
            yield View(view, path)

    def _paths(self, place: int) -> Iterator[tuple[int, Path]]:
        for step in (-1, 1):
            path = None
            for other in range(place + step, place + step * (REACH + 1), step):
                if not 0 <= other < len(self._frames):
                    break
                link = self._links[max(other, other - step)]
                if link is None:
                    break
                hop = link.back if step < 0 else link.forth
                path = hop if path is None else joined(path, hop)
                yield other, path


def _room(frame: RgbArray, kept: RgbArray | None) -> RgbArray:
    """Returns `kept` if a picture like `frame` fits into it, or new room."""
    fits = kept is not None and kept.shape == frame.shape and kept.dtype == frame.dtype
    return kept if kept is not None and fits else np.empty_like(frame)


def load_fusion() -> None:
    """Has PyTorch and the weights loaded now, not between two frames of a camera.

    `Neighbours` does without until the first `take`.
    """
    import torch  # whoever looks at no neighbours does not load it

    from model.motion.fusion import shipped

    shipped(torch.device("cpu"))


def fuse(frame: RgbArray, views: Sequence[View], out: RgbArray) -> None:
    """Fills `out` with `frame`, made as dark as two to four neighbours say."""
    import torch

    from model.motion.fusion import Seen, fused, in_order

    narrow = frame.dtype == np.uint8

    def levels(picture: RgbArray) -> Any:
        planes = torch.from_numpy(np.stack(cv2.split(picture)))[None]
        return planes if narrow else planes.float() / 257

    lost, far = _share_lost(views), _mean_way(views)
    with _one_thread(), torch.inference_mode():
        seen = Seen(
            ordered=in_order([levels(view.picture) for view in views]),
            lost=torch.from_numpy(lost)[None, None],
            far=torch.from_numpy(far)[None, None],
        )
        made = fused(levels(frame), seen)[0]
        if not narrow:
            made *= 257
        cv2.merge(list(made.round_().numpy().astype(frame.dtype)), dst=out)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Has PyTorch compute on the thread that asks, while the network has the others.

    Two that wait for each other at every step take three times as long beside it.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _share_lost(views: Sequence[View]) -> NDArray[np.float32]:
    total = np.zeros(views[0].path.lost.shape, np.float32)
    for view in views:
        cv2.accumulate(view.path.lost, total)
    total *= np.float32(1 / (255 * len(views)))
    return total


def _mean_way(views: Sequence[View]) -> NDArray[np.float32]:
    total = np.zeros(views[0].path.lost.shape, np.float32)
    for view in views:
        total += way_of(view.path)
    total *= np.float32(1 / len(views))
    return total


def way_of(path: Path) -> NDArray[np.float32]:
    """Returns how far away each pixel is, [height, width] in pixels."""
    places: Any = path.places
    x, y = cv2.split(cv2.subtract(places, grid(*path.lost.shape)))
    return np.asarray(cv2.magnitude(x, y), np.float32)
