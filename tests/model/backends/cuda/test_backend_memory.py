"""A device that is lost, or has too little memory, and what it is told to give up."""

import weakref
from typing import Any

import numpy as np
import pytest
import torch

from model import ModelError
from model.backends.cuda.streams import Work
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import (
    backend_on,
    halved,
    pictures,
)


class LosesTheDevice(DeferredDevice):
    """Fails as CUDA does: at some call after the one that was at error."""

    def work_until(self, event: object, ticket: int) -> None:
        raise torch.AcceleratorError("CUDA error: unspecified launch failure\nmore")


def test_a_lost_device_is_named_in_one_line() -> None:
    backend = backend_on(LosesTheDevice())
    [picture] = pictures(1)
    pending = backend.start(picture, np.zeros_like(picture))

    with pytest.raises(ModelError, match=r"cpu failed: CUDA error: unspec.*ure$"):
        pending.wait()
    backend.close()


class HasNoRoom(DeferredDevice):
    """Its memory is too small for the network."""

    full: RuntimeError | None = None

    def captured(self, stream: Any, work: Work) -> Work:
        if self.full:
            raise self.full
        return super().captured(stream, work)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate ..."),
        torch.AcceleratorError("CUDA error: out of memory\nmore"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
def test_no_memory_is_told_as_that_and_leaves_the_backend_usable(
    error: RuntimeError,
) -> None:
    device = HasNoRoom()
    device.full = error
    backend = backend_on(device)
    [picture] = pictures(1)
    out = np.zeros_like(picture)
    with pytest.raises(torch.OutOfMemoryError):
        backend.start(picture, out)

    device.full = None
    backend.start(picture, out).wait()

    assert np.abs(out.astype(int) - halved(picture)).max() <= 1


class HasRoomForOne(DeferredDevice):
    """Holds what one size needs; gives it back only when it is told to."""

    taken = 0

    def captured(self, stream: Any, work: Work) -> Work:
        self.taken += 1
        if self.taken > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().captured(stream, work)

    def empty_cache(self) -> None:
        self.taken = 0


@pytest.mark.parametrize("seed", range(3))
def test_other_sizes_give_way_before_the_memory_is_called_too_small(seed: int) -> None:
    backend = backend_on(HasRoomForOne(seed))
    shown = [pictures(1, size)[0] for size in ((20, 28), (40, 24), (20, 28))]
    outs = [np.zeros_like(picture) for picture in shown]

    pairs = zip(shown, outs, strict=True)
    flying = [backend.start(picture, out) for picture, out in pairs]
    for pending in flying:
        pending.wait()

    for picture, out in zip(shown, outs, strict=True):
        assert np.abs(out.astype(int) - halved(picture)).max() <= 1


class CountsWhatIsHeld(DeferredDevice):
    """Knows at each `empty_cache` how much of its memory somebody still holds."""

    held: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self._given: list[weakref.ref[torch.Tensor]] = []

    def empty(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        given = super().empty(shape, kind)
        self._given.append(weakref.ref(given))
        return given

    def captured(self, stream: Any, work: Work) -> Work:
        repeated = weakref.WeakMethod(super().captured(stream, work))

        def replay() -> None:  # as a graph: it holds no plan
            owner = repeated()
            assert owner is not None
            owner()

        return replay

    def empty_cache(self) -> None:
        self.held = sum(given() is not None for given in self._given)


def test_what_is_given_up_is_free_when_the_device_is_told_so() -> None:
    device = CountsWhatIsHeld()
    backend = backend_on(device)
    for size in ((20, 28), (32, 16)):
        [picture] = pictures(1, size)
        backend.start(picture, np.zeros_like(picture)).wait()

    backend.close()

    assert device.held == 0
