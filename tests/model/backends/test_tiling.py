import itertools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import pytest

from model import Derainer, ModelError, Pending, RgbArray
from model.backends.base import BackendBase, FuturePending, PendingBase
from model.backends.tiling import TiledBackend, fade, tile_starts
from model.errors import CancelledError


@pytest.mark.parametrize("length", [100, 256, 257, 300, 500, 719, 720, 1921])
def test_tiles_cover_a_side_and_stand_on_the_grid(length: int) -> None:
    starts = tile_starts(length, 256, 64, 16)

    assert starts[0] == 0
    assert all(start % 16 == 0 for start in starts)
    assert all(b - a <= 256 - 64 for a, b in itertools.pairwise(starts))
    assert starts[-1] + 256 >= length
    assert starts[-1] < length - 16 or length <= 256


def test_the_fades_of_neighbours_add_up_to_one() -> None:
    weights = fade(256, 64)

    np.testing.assert_allclose(weights[:64] + weights[-64:], 1, atol=1e-6)


def test_tiles_too_small_for_their_overlap_are_refused() -> None:
    with pytest.raises(ModelError, match="at least 128 pixels, got 64"):
        Derainer(tile=64)


@pytest.mark.slow
def test_seams_of_tiles_stay_below_what_can_be_seen(
    rainy_picture: RgbArray, record_property: Callable[[str, object], None]
) -> None:
    whole = Derainer(backend="torch")(rainy_picture).astype(int)

    tiled = Derainer(backend="torch", tile=160)(rainy_picture)

    difference = np.abs(tiled - whole)
    record_property("max_difference", int(difference.max()))
    # Attention averages over a tile instead of the picture; seams add nothing to it.
    assert difference.max() <= 12
    assert difference.mean() < 0.5


class Stuck(BackendBase):
    """Begins tiles that end only by being cancelled."""

    slots = 2

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.cancelled = threading.Event()

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        self.begun.release()
        return StuckTile(self)

    def cancel(self) -> None:
        self.cancelled.set()


class StuckTile(PendingBase):
    def __init__(self, backend: Stuck) -> None:
        self._backend = backend

    def wait(self) -> None:
        assert self._backend.cancelled.wait(60)
        raise ModelError("cancelled")


class Copying(BackendBase):
    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        out[:] = picture
        done: Future[None] = Future()
        done.set_result(None)
        return FuturePending(done)


def test_a_picture_in_tiles_is_given_up_without_its_other_tiles() -> None:
    inner = Stuck()
    tiled = TiledBackend(inner, 128, 16)
    picture = np.zeros((600, 600, 3), np.uint8)

    under_way = [tiled.start(picture, np.empty_like(picture)) for _ in range(2)]
    assert inner.begun.acquire(timeout=60)
    tiled.cancel()

    for pending in under_way:
        with pytest.raises(CancelledError, match="given up"):
            pending.wait()
    tiled.close()


def test_a_picture_that_takes_long_tells_its_tiles_every_ten_seconds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "derain.tiles")
    seconds = itertools.count(step=3)
    tiled = TiledBackend(Copying(), 128, 16, now_s=lambda: next(seconds))
    picture = np.full((128, 448, 3), 9, np.uint8)
    out = np.zeros_like(picture)

    tiled.start(picture, out).wait()
    tiled.close()

    told = [record.getMessage() for record in caplog.records]
    assert told == ["448x128: tile 3 of 6"]
    assert (out == 9).all()
