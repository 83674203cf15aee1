"""How one picture gets onto a CUDA device and off it, as pixels or as planes."""

from collections.abc import Callable, Hashable
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.backends.cuda.plan import Callback, Slot
from model.backends.cuda.streams import Device, Event
from model.backends.cuda.turning import fill_turned, fill_turned_back
from model.pictures.coverage import SPARED
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, PlanePicture, Planes

_PARTS = ("luma", "cb", "cr")


@runtime_checkable
class Kernels(Protocol):
    """Colour conversion on the device, as `reference_kernels` defines it."""

    def planes_to_network(self, planes: Planes, form: PlaneForm, x: Tensor) -> None:
        """Fills the network's input."""

    def network_to_planes(self, y: Tensor, form: PlaneForm, out: Planes) -> None:
        """Fills planes from the network's output."""

    def pixels_to_network(self, picture: Tensor, x: Tensor) -> None:
        """Fills the network's input."""

    def network_to_pixels(self, y: Tensor, out: Tensor) -> None:
        """Fills packed RGB from the network's output."""


@runtime_checkable
class Job(Protocol):
    """One picture of a batch: how it gets onto the device and off it."""

    size: tuple[int, int]
    ready: Event | None
    """What the device must have come to before it loads the picture."""
    load_form: Hashable
    """Jobs alike in it load from and to the same memory of a slot; None: no others."""
    unload_form: Hashable
    """The same of unloading."""

    def upload(self, slot: Slot, index: int) -> Callable[[], None]:
        """Copies what the host has into the slot; returns the device's part."""

    def download(self, slot: Slot, index: int) -> tuple[Callable[[], None], Callback]:
        """Returns the device's part of unloading, and the host's after it."""


class PixelJob:
    """Packed RGB of the host."""

    ready: Event | None = None

    def __init__(self, kernels: Kernels, picture: RgbArray, out: RgbArray) -> None:
        self.size = (picture.shape[0], picture.shape[1])
        self.load_form: Hashable = (picture.shape, picture.dtype.str)
        self.unload_form: Hashable = self.load_form
        self._kernels, self._picture, self._out = kernels, picture, out

    def upload(self, slot: Slot, index: int) -> Callable[[], None]:
        """Copies the pixels into page-locked memory."""
        staged, there = _staged(slot, index, "in", self._picture)
        staged.numpy()[...] = self._picture

        def load() -> None:
            there.copy_(staged, non_blocking=True)
            self._kernels.pixels_to_network(there, slot.x[index])

        return load

    def download(self, slot: Slot, index: int) -> tuple[Callable[[], None], Callback]:
        """Returns what writes the pixels, and the last copy."""
        staged, there = _staged(slot, index, "out", self._out)

        def unload() -> None:
            self._kernels.network_to_pixels(slot.y[index], there)
            staged.copy_(there, non_blocking=True)

        return unload, lambda: np.copyto(self._out, staged.numpy())


class PlaneJob:
    """Luma and chroma planes, of the host or the device."""

    ready: Event | None = None
    removed: Tensor | None = None
    """Coverage of what was taken out of it before the network; counts half."""

    def __init__(self, kernels: Kernels, picture: PlanePicture) -> None:
        self.size, self.deep = picture.shown_size, picture.form.depth > 8
        self._stored = (picture.planes.height, picture.planes.width)
        self._kernels = kernels
        self._planes, self._form = picture.planes, picture.form
        self._out, self._out_form = picture.out, picture.out_form
        on_host = not isinstance(self._planes.luma, Tensor)
        stays = on_host and not self._form.turned
        self.load_form: Hashable = (self._form, self._stored) if stays else None
        stays = not self._out_form.turned
        self.unload_form: Hashable = (self._out_form, self._stored) if stays else None

    def upload(self, slot: Slot, index: int) -> Callable[[], None]:
        """Copies planes of the host into page-locked memory."""
        load_planes = self._loader(slot, index)
        if isinstance(self._planes.luma, Tensor):
            return lambda: load_planes(decoded(self._planes))
        planes = [getattr(self._planes, part) for part in _PARTS]
        buffers = [
            _staged(slot, index, f"in {part}", plane)
            for part, plane in zip(_PARTS, planes, strict=True)
        ]
        for (staged, _), plane in zip(buffers, planes, strict=True):
            staged.numpy()[...] = plane

        def load() -> None:
            for staged, there in buffers:
                there.copy_(staged, non_blocking=True)
            uploaded = Planes(luma=buffers[0][1], cb=buffers[1][1], cr=buffers[2][1])
            load_planes(uploaded)

        return load

    def _loader(self, slot: Slot, index: int) -> Callable[[Planes], None]:
        """Returns what fills the network's input from planes on the device."""
        x, form = slot.x[index], self._form
        if not form.turned:
            return lambda planes: self._kernels.planes_to_network(planes, form, x)
        stored = slot.buffer("device stored", index, (3, *self._stored), x.dtype)

        def load(planes: Planes) -> None:
            self._kernels.planes_to_network(planes, form, stored)
            fill_turned(stored, form.turned, x)

        return load

    def download(self, slot: Slot, index: int) -> tuple[Callable[[], None], Callback]:
        """Returns what writes the planes, and the last copy."""
        outs = [getattr(self._out, part) for part in _PARTS]
        buffers = [
            _staged(slot, index, f"out {part}", plane)
            for part, plane in zip(_PARTS, outs, strict=True)
        ]
        there = Planes(luma=buffers[0][1], cb=buffers[1][1], cr=buffers[2][1])
        unload_planes = self._unloader(slot, index)

        def unload() -> None:
            unload_planes(there)
            for staged, made in buffers:
                staged.copy_(made, non_blocking=True)

        def complete() -> None:
            del self._planes  # the decoder's surface may go back
            for (staged, _), out in zip(buffers, outs, strict=True):
                np.copyto(out, staged.numpy())

        return unload, complete

    def _unloader(self, slot: Slot, index: int) -> Callable[[Planes], None]:
        """Returns what fills planes of the device from the network's output."""
        y, form = slot.y[index], self._out_form
        if not form.turned:
            return lambda planes: self._kernels.network_to_planes(y, form, planes)
        stored = slot.buffer("device made", index, (3, *self._stored), y.dtype)

        def unload(planes: Planes) -> None:
            fill_turned_back(y, form.turned, stored)
            self._kernels.network_to_planes(stored, form, planes)

        return unload


class CoverageJob:
    """A job that also brings home what the plan's watch has seen."""

    def __init__(self, job: PlaneJob) -> None:
        self.size, self.ready = job.size, job.ready
        self.coverage = 0.0
        self._job, self._deep = job, job.deep
        self.load_form: Hashable = job.load_form
        stays = job.unload_form is not None and job.removed is None
        self.unload_form: Hashable = (job.unload_form, "watched") if stays else None

    def upload(self, slot: Slot, index: int) -> Callable[[], None]:
        """Returns the job's own loading."""
        return self._job.upload(slot, index)

    def download(self, slot: Slot, index: int) -> tuple[Callable[[], None], Callback]:
        """Returns the job's own unloading, with two numbers more."""
        unload_job, complete_job = self._job.download(slot, index)
        removed = self._job.removed
        staged = slot.buffer("host seen", index, (2,), torch.float32)

        def unload() -> None:
            unload_job()
            seen = slot.seen[index]
            if removed is not None:  # as `coverage_of_both`
                seen = seen + (removed / 2 - SPARED).clamp_min(0)
            staged.copy_(seen, non_blocking=True)

        def complete() -> None:
            complete_job()
            self.coverage = float(staged[int(self._deep)])

        return unload, complete


def decoded(planes: Planes) -> Planes:
    """Returns planes of the device; the current stream then waits for their decoder."""
    if planes.luma.is_cuda:  # a decoder works on the default stream
        torch.cuda.current_stream().wait_stream(torch.cuda.default_stream())
    return planes


def uploader(device: Device, planes: Planes) -> Callable[[], Planes]:
    """Returns what brings planes to the device, in the stream that it is called in.

    Those of the host are copied at once, and may change.
    """
    if isinstance(planes.luma, Tensor):
        return lambda: decoded(planes)
    staged = {}
    for part in _PARTS:
        plane = getattr(planes, part)
        kind = torch.uint16 if plane.dtype == np.uint16 else torch.uint8
        # PyTorch gives page-locked memory back only when its copies are done.
        staged[part] = device.empty_pinned(tuple(plane.shape), kind)
        staged[part].numpy()[...] = plane

    def upload() -> Planes:
        there = {}
        for part, host in staged.items():
            there[part] = device.empty(tuple(host.shape), host.dtype)
            there[part].copy_(host, non_blocking=True)
        return Planes(**there)

    return upload


def _staged(
    slot: Slot, index: int, name: str, like: NDArray[Any]
) -> tuple[Tensor, Tensor]:
    """Returns memory as large as `like`, contiguous: of the host and of the device."""
    kind = torch.uint16 if like.dtype == np.uint16 else torch.uint8
    shape = tuple(like.shape)
    return (
        slot.buffer(f"host {name}", index, shape, kind),
        slot.buffer(f"device {name}", index, shape, kind),
    )
