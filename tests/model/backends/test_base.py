"""What a backend does where it says nothing else, and one before another."""

from concurrent.futures import Future

import numpy as np
import pytest

from model import ModelError
from model.backends.base import (
    Backend,
    BackendBase,
    FuturePending,
    Pending,
    PendingBase,
    WrappedBackend,
)
from model.pictures.pixels import RgbArray
from tests.support.networks.halving import NV12, some_planes

PICTURE = np.zeros((20, 28, 3), np.uint8)


class Done(PendingBase):
    """A picture that is there."""

    def wait(self) -> None:
        """Waits for nothing."""


class Whitening(BackendBase):
    """Makes pictures white, and counts what it is told."""

    model, device, backend, precision = "white", "cuda:0", "paint", "fp16"
    slots, batch, takes_planes, delay, notes = 3, 4, True, 2, ("a note",)

    def __init__(self) -> None:
        self.told: list[str] = []

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        out[:] = 255
        return Done()

    def cancel(self) -> None:
        self.told.append("cancel")

    def close(self) -> None:
        self.told.append("close")


def test_a_backend_that_says_nothing_takes_one_picture_at_a_time_as_pixels() -> None:
    class Plain(BackendBase):
        backend = "plain"

        def start(self, picture: RgbArray, out: RgbArray) -> Pending:
            return Done()

    backend: Backend = Plain()
    planes = some_planes(NV12, 1)

    assert (backend.slots, backend.batch, backend.delay) == (1, 1, 0)
    assert (backend.takes_planes, list(backend.notes)) == (False, [])
    assert backend.start_planes(planes, NV12, planes, NV12) is None
    assert backend.start_many_planes([]) is None
    assert backend.stateless() is backend
    with pytest.raises(ModelError, match="plain takes one picture at a time, got 2"):
        backend.start_many([PICTURE] * 2, [PICTURE] * 2)
    backend.cancel()
    backend.close()


def test_one_that_stands_before_another_looks_like_it() -> None:
    inner = Whitening()
    outer: Backend = WrappedBackend(inner)
    out = PICTURE.copy()

    outer.start(PICTURE, out).wait()

    names = "model device backend precision slots batch takes_planes delay notes"
    assert [getattr(outer, name) for name in names.split()] == [
        getattr(inner, name) for name in names.split()
    ]
    assert out.min() == 255


def test_it_hands_on_what_it_does_not_know_and_its_end() -> None:
    inner = Whitening()
    planes = some_planes(NV12, 1)

    with WrappedBackend(inner) as outer:
        assert outer.start_planes(planes, NV12, planes, NV12) is None
        assert outer.start_many_planes([]) is None
        outer.cancel()

    assert inner.told == ["cancel", "close"]


def test_what_is_behind_a_future_raises_its_error_where_it_is_waited_for() -> None:
    done: Future[None] = Future()
    pending: Pending = FuturePending(done)
    done.set_exception(RuntimeError("the device is lost"))

    with pytest.raises(RuntimeError, match="the device is lost"):
        pending.wait()
    assert (pending.untouched, pending.coverage) == (False, None)
