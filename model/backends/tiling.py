"""Tiles: a large picture in pieces that fit the memory, without visible seams.

Tiles overlap and are faded into each other along a raised cosine. They stand on the
grid of the network's own sampling, so that a tile sees the same pyramid as the whole
picture. What tiling changes all the same is channel attention: it averages over what
it is shown, a tile instead of the picture.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from model.backends.base import Backend, BackendBase, FuturePending, Pending
from model.errors import CancelledError, ModelError
from model.pictures.pixels import RgbArray

_LOG = logging.getLogger("derain.tiles")
_TOLD_EVERY_S = 10.0

OVERLAP = 64
"""RgbArray that neighbouring tiles share, before rounding up to the network's grid."""


def tile_starts(length: int, tile: int, overlap: int, grid: int) -> list[int]:
    """Returns where tiles begin along a side: multiples of `grid`, all of it covered.

    The last may reach past the end by less than `grid`.
    """
    if length <= tile:
        return [0]
    step = (tile - overlap) // grid * grid
    last = -(-(length - tile) // grid) * grid
    return [*range(0, last, step), last]


def fade(length: int, overlap: int) -> NDArray[np.float32]:
    """Returns the weights along a tile's side: raised cosines at both ends."""
    ramp = (np.arange(overlap, dtype=np.float32) + 0.5) / overlap
    weights = np.ones(length, np.float32)
    weights[:overlap] = np.sin(ramp * np.pi / 2) ** 2
    weights[length - overlap :] = weights[:overlap][::-1]
    return weights


def _overlap(grid: int) -> int:
    return -(-OVERLAP // grid) * grid


def checked_tile(tile: int, grid: int) -> int:
    """Returns a tile's side, rounded down to the grid.

    Raises:
        ModelError: It is too small for what tiles share.
    """
    if tile < 2 * _overlap(grid):
        raise ModelError(
            f"A tile must be at least {2 * _overlap(grid)} pixels, got {tile}."
        )
    return tile // grid * grid


class TiledBackend(BackendBase):
    """A backend that gives another one tiles; one picture is under way at a time."""

    slots = 2

    def __init__(
        self,
        inner: Backend,
        tile: int,
        grid: int,
        *,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`inner` is closed with this; how far a picture is, the log is told."""
        self._inner = inner
        self._tile = checked_tile(tile, grid)
        self._overlap = _overlap(grid)
        self._grid = grid
        self._now_s = now_s
        self._cancelled = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="derain-tiles")
        self.model, self.device = inner.model, inner.device
        self.backend, self.precision = inner.backend, inner.precision
        self.layout = inner.layout

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`."""
        return FuturePending(self._thread.submit(self._run, picture, out))

    def _run(self, picture: RgbArray, out: RgbArray) -> None:
        try:
            self._derain(picture, out)
        except ModelError as error:
            if self._cancelled.is_set():
                raise CancelledError("A picture in tiles was given up.") from error
            raise

    def _derain(self, picture: RgbArray, out: RgbArray) -> None:
        total = np.zeros(picture.shape, np.float32)
        weight = np.zeros((*picture.shape[:2], 1), np.float32)
        under_way: deque[tuple[Pending, RgbArray, tuple[slice, slice]]] = deque()
        places = list(self._places(picture.shape[0], picture.shape[1]))
        told_s = self._now_s()
        for number, place in enumerate(places):
            if self._cancelled.is_set():
                raise CancelledError("A picture in tiles was given up.")
            if self._now_s() - told_s >= _TOLD_EVERY_S:
                told_s = self._now_s()
                height, width = picture.shape[:2]
                _LOG.info("%dx%d: tile %d of %d", width, height, number, len(places))
            if len(under_way) == self._inner.slots:
                self._add(under_way.popleft(), total, weight)
            tile = np.ascontiguousarray(picture[place])
            made = np.empty_like(tile)
            under_way.append((self._inner.start(tile, made), made, place))
        while under_way:
            self._add(under_way.popleft(), total, weight)
        if self._cancelled.is_set():
            raise CancelledError("A picture in tiles was given up.")
        np.divide(total, weight, out=total)
        np.rint(total, out=total)
        np.copyto(out, total, casting="unsafe")

    def _places(self, height: int, width: int) -> Iterator[tuple[slice, slice]]:
        for top in tile_starts(height, self._tile, self._overlap, self._grid):
            for left in tile_starts(width, self._tile, self._overlap, self._grid):
                bottom = min(top + self._tile, height)
                right = min(left + self._tile, width)
                yield slice(top, bottom), slice(left, right)

    def _add(
        self,
        done: tuple[Pending, RgbArray, tuple[slice, slice]],
        total: NDArray[np.float32],
        weight: NDArray[np.float32],
    ) -> None:
        pending, made, place = done
        pending.wait()
        height, width = made.shape[:2]
        rows = fade(height, min(self._overlap, height // 2))[:, None, None]
        columns = fade(width, min(self._overlap, width // 2))[None, :, None]
        weights = rows * columns
        total[place] += made * weights
        weight[place] += weights

    def cancel(self) -> None:
        """Gives up pictures under way: none of them is near its end."""
        self._cancelled.set()
        self._inner.cancel()

    def close(self) -> None:
        """Ends the thread and closes the inner backend; may be called twice."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._inner.close()
