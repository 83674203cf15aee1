import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from model import Derainer, ModelError
from model.backends.base import BackendBase, Pending, PendingBase
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.openvino.backend import OpenVinoBackend
from model.backends.tiling_fallback import TilingFallback
from model.pictures.pixels import RgbArray
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12, Halve, some_planes


class Small(BackendBase):
    """A backend that negates pictures and has room for so many pixels."""

    model, backend, device, slots = "small", "small", "cuda:0", 2

    def __init__(self, room: int, *, fails_at: str) -> None:
        self.room, self._fails_at = room, fails_at
        self.closed = 0

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        full = picture.shape[0] * picture.shape[1] > self.room
        if full and self._fails_at == "start":
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return Negated(lambda: np.subtract(255, picture, out=out), full=full)

    def close(self) -> None:
        self.closed += 1


class Negated(PendingBase):
    def __init__(self, work: Callable[[], Any], *, full: bool) -> None:
        self._work, self._full = work, full

    def wait(self) -> None:
        if self._full:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        self._work()


def picture_of(height: int, width: int) -> RgbArray:
    shape = (height, width, 3)
    return np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize("fails_at", ["start", "wait"])
def test_a_picture_that_does_not_fit_is_done_in_tiles_loudly(
    fails_at: str, caplog: pytest.LogCaptureFixture
) -> None:
    backend = TilingFallback(Small(300 * 300, fails_at=fails_at), 8)
    picture = picture_of(520, 600)
    out = np.zeros_like(picture)

    with caplog.at_level(logging.WARNING, "derain.memory"):
        for _ in range(3):
            out[...] = 0
            backend.start(picture, out).wait()

            assert np.array_equal(out, 255 - picture)

    assert len(caplog.records) == len(backend.notes) == 1
    assert "cuda:0 does not hold a picture of 600x520" in backend.notes[0]
    backend.close()


def test_smaller_pictures_stay_whole() -> None:
    backend = TilingFallback(Small(300 * 300, fails_at="start"), 8)
    large, small = picture_of(520, 600), picture_of(100, 100)
    backend.start(large, np.zeros_like(large)).wait()
    out = np.zeros_like(small)

    backend.start(small, out).wait()

    assert np.array_equal(out, 255 - small)
    backend.close()


def test_a_picture_too_small_for_tiles_ends_in_a_clear_error() -> None:
    backend = TilingFallback(Small(10, fails_at="start"), 8)
    picture = picture_of(64, 64)

    with pytest.raises(ModelError, match="64x64 does not fit the memory of cuda:0"):
        backend.start(picture, np.zeros_like(picture))


def test_tiles_that_do_not_fit_either_end_the_run() -> None:
    backend = TilingFallback(Small(10, fails_at="start"), 8)
    picture = picture_of(520, 600)

    with pytest.raises(ModelError, match="cuda:0 does not hold a picture in tiles"):
        backend.start(picture, np.zeros_like(picture)).wait()


class FullAbove(DeferredDevice):
    def empty(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        if shape[1] > 300:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().empty(shape, kind)


def test_planes_that_do_not_fit_are_asked_for_as_pixels() -> None:
    inner = CudaBackend(
        Halve(), 8, device=FullAbove(), precision="fp32", kernels=ReferenceKernels()
    )
    backend = TilingFallback(inner, 8)
    fitting, large = some_planes(NV12, 1), some_planes(NV12, 1, (620, 700))

    assert backend.takes_planes
    assert not TilingFallback(Small(10, fails_at="start"), 8).takes_planes
    none = backend.start_planes(large, NV12, large, NV12)
    pending = backend.start_planes(fitting, NV12, fitting, NV12)

    assert none is None
    assert pending is not None
    pending.wait()
    assert len(backend.notes) == 1
    picture = picture_of(620, 700)
    out = np.zeros_like(picture)
    backend.start(picture, out).wait()
    assert np.abs(out.astype(float) - picture / 2).max() <= 1
    backend.close()


def test_a_picture_too_large_for_the_machine_is_done_in_tiles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = picture_of(32, 32).repeat(16, axis=0).repeat(18, axis=1)
    whole = Derainer(backend="openvino")(picture)
    room = 20 << 20  # two tiles of 256 at a time take 80 MB
    monkeypatch.setattr("model.backends.openvino.backend.free_memory", lambda: 5 * room)

    derainer = Derainer(backend="openvino")
    tiled = derainer(picture)

    assert "cpu does not hold a picture of 576x512" in derainer.notes[0]
    assert np.abs(tiled.astype(int) - whole).mean() < 2


def test_sizes_that_are_not_in_use_give_way_before_tiles_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    derainer = Derainer(backend="openvino")
    sizes = [(96, 96), (128, 96), (160, 128)]
    for height, width in sizes[:2]:
        derainer(picture_of(height, width))
    fallback = derainer.inner
    assert isinstance(fallback, TilingFallback)
    inner = fallback.inner
    assert isinstance(inner, OpenVinoBackend)
    monkeypatch.setattr(
        "model.backends.openvino.backend.free_memory",
        lambda: (1 << 30) // (1 + 1000 * len(inner._compiled)),
    )

    derainer(picture_of(*sizes[2]))

    assert [size[:2] for size in inner._compiled] == [(160, 128)]
    assert derainer.notes == []
