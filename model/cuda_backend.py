"""The backend for CUDA: loading, network and unloading of three pictures overlap.

Pictures come as RGB pixels of the host, or as luma and chroma planes of host or device;
colours are converted on the device. The host enqueues and waits for single events: it
never waits for the device as a whole.
"""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from model.cuda_device import CudaDevice, Device
from model.cuda_plan import SLOTS, Landing, Plan, Slot
from model.errors import ModelError
from model.pending import Pending, Pixels
from model.planes import PlaneForm, Planes
from model.planes_kernels import PlaneKernels

_DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
_PLANS = 4
"""Sizes that are kept ready; a stream that changes more often makes them again."""
_PARTS = ("luma", "cb", "cr")


class Kernels(Protocol):
    """Colour conversion on the device; `model.planes_twin` says what each computes."""

    def planes_to_network(self, planes: Planes, form: PlaneForm, x: Tensor) -> None:
        """Fills the network's input."""

    def network_to_planes(self, y: Tensor, form: PlaneForm, out: Planes) -> None:
        """Fills planes from the network's output."""

    def pixels_to_network(self, picture: Tensor, x: Tensor) -> None:
        """Fills the network's input."""

    def network_to_pixels(self, y: Tensor, out: Tensor) -> None:
        """Fills packed RGB from the network's output."""


class _Job(Protocol):
    """One picture of a batch: how it gets onto the device and off it."""

    size: tuple[int, int]

    def bring(self, slot: Slot, index: int) -> Callable[[], None]:
        """Copies what the host has into the slot; returns the device's part."""

    def fetch(self, slot: Slot, index: int) -> tuple[Callable[[], None], Landing]:
        """Returns the device's part of unloading, and the host's after it."""


class CudaBackend:
    """Runs a network on one CUDA device; any thread may start and wait."""

    slots = SLOTS
    takes_planes = True
    batch = 4
    """Pictures of one size that `start_many` takes at most."""

    def __init__(
        self,
        network: nn.Module,
        multiple: int,
        *,
        device: str | Device,
        precision: str,
        kernels: Kernels | None = None,
        compiled: bool = False,
        name: str = "cuda",
    ) -> None:
        """Moves the network to the device.

        Args:
            network: Takes and gives RGB [batch, 3, height, width] in [0, 1].
            multiple: Of which the network wants height and width.
            device: `cuda:0`, ..., or what stands for it.
            precision: `fp32`, `fp16` or `bf16`.
            kernels: Convert colours; None for those of `model.planes_kernels`.
            compiled: Lets `torch.compile` fuse the network's operations first.
            name: What the backend is called in reports.

        Raises:
            ModelError: cupy is missing.
        """
        self._on = CudaDevice(device) if isinstance(device, str) else device
        self.name, self.device, self.precision = name, self._on.name, precision
        self._kernels: Kernels = kernels or _compiled_kernels(self._on)
        self._multiple, self._kind = multiple, _DTYPES[precision]
        network = network.to(self.device, self._kind).eval()
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
        self._network: Any = network
        if compiled:
            self._network = torch.compile(network, dynamic=False)
        self._input, self._work = self._on.lane(), self._on.lane()
        self._output = self._on.lane()
        self._plans: dict[tuple[int, int, int], Plan] = {}
        self._turn = Lock()

    def start(self, picture: Pixels, out: Pixels) -> Pending:
        """Begins to fill `out` [height, width, 3]; `picture` may change at once."""
        return self._start([_PixelJob(self._kernels, picture, out)])

    def start_many(self, pictures: Sequence[Pixels], outs: Sequence[Pixels]) -> Pending:
        """Begins to fill all `outs`; the pictures are of one size, one batch."""
        pairs = zip(pictures, outs, strict=True)
        return self._start([_PixelJob(self._kernels, *pair) for pair in pairs])

    def start_planes(
        self, planes: Planes, form: PlaneForm, out: Planes, out_form: PlaneForm
    ) -> Pending:
        """Begins to fill `out`, arrays of the host, from planes of host or device.

        Planes of the host may change at once, those of the device not before `wait`.
        """
        return self._start([_PlaneJob(self._kernels, planes, form, out, out_form)])

    def _start(self, jobs: "list[_Job]") -> Pending:
        with self._turn, torch.inference_mode():
            try:
                return self._enqueued(jobs)
            except torch.OutOfMemoryError:
                self._plans.clear()
                self._on.forget()
                raise
            except RuntimeError as fault:
                raise _lost(self.device, fault) from fault

    def _enqueued(self, jobs: "list[_Job]") -> Pending:
        plan = self._plan_for(jobs[0].size, len(jobs))
        slot = plan.slot()
        brought = [job.bring(slot, index) for index, job in enumerate(jobs)]
        fetched = [job.fetch(slot, index) for index, job in enumerate(jobs)]
        self._input.run(lambda: [load() for load in brought])
        self._input.put(slot.loaded)
        self._work.wait_for(slot.loaded)
        self._work.run(partial(plan.derain, slot))
        self._work.put(slot.derained)
        self._output.wait_for(slot.derained)
        self._output.run(lambda: [unload() for unload, _ in fetched])
        self._output.put(slot.done)
        flight = slot.take_off([landing for _, landing in fetched])
        return _CudaPending(slot, flight, self.device)

    def _plan_for(self, size: tuple[int, int], batch: int) -> Plan:
        key = (*size, batch)
        plan = self._plans.pop(key, None)
        if plan is None:
            if len(self._plans) == _PLANS:
                self._plans.pop(next(iter(self._plans))).land_all()
            plan = self._new_plan(size, batch)
        self._plans[key] = plan  # the last one used stands last
        return plan

    def _new_plan(self, size: tuple[int, int], batch: int) -> Plan:
        height, width = (side + -side % self._multiple for side in size)
        if height >= 2 * size[0] or width >= 2 * size[1]:
            raise ValueError(
                f"A picture must be more than half of {self._multiple} pixels high and "
                f"wide, got {size[0]} x {size[1]}."
            )
        exact = self._kind == torch.float32
        with torch.backends.cudnn.flags(
            enabled=True, benchmark=True, allow_tf32=not exact
        ):
            return Plan(
                self._on,
                self._work,
                self._network,
                (batch, 3, height, width),
                self._kind,
            )

    def close(self) -> None:
        """Waits for what is under way and frees the device's memory; may be repeated.

        A device that is lost has nothing under way.
        """
        plans, self._plans = self._plans, {}
        for plan in plans.values():
            try:
                plan.land_all()
            except RuntimeError:
                return
        self._on.forget()


class _CudaPending:
    """A batch on its way; keeps what it reads alive through its slot."""

    def __init__(self, slot: Slot, flight: int, device: str) -> None:
        self._slot, self._flight, self._device = slot, flight, device

    def wait(self) -> None:
        """Returns when the results are there; raises what went wrong."""
        try:
            self._slot.land(self._flight)
        except RuntimeError as fault:
            raise _lost(self._device, fault) from fault


class _PixelJob:
    """Packed RGB of the host."""

    def __init__(self, kernels: Kernels, picture: Pixels, out: Pixels) -> None:
        self.size = (picture.shape[0], picture.shape[1])
        self._kernels, self._picture, self._out = kernels, picture, out

    def bring(self, slot: Slot, index: int) -> Callable[[], None]:
        """Copies the pixels into page-locked memory."""
        staged, there = _staged(slot, index, "in", self._picture)
        staged.numpy()[...] = self._picture

        def load() -> None:
            there.copy_(staged, non_blocking=True)
            self._kernels.pixels_to_network(there, slot.x[index])

        return load

    def fetch(self, slot: Slot, index: int) -> tuple[Callable[[], None], Landing]:
        """Returns what writes the pixels, and the last copy."""
        staged, there = _staged(slot, index, "out", self._out)

        def unload() -> None:
            self._kernels.network_to_pixels(slot.y[index], there)
            staged.copy_(there, non_blocking=True)

        return unload, lambda: np.copyto(self._out, staged.numpy())


class _PlaneJob:
    """Luma and chroma planes, of the host or the device."""

    def __init__(
        self,
        kernels: Kernels,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
    ) -> None:
        self.size = (planes.height, planes.width)
        self._kernels = kernels
        self._planes, self._form = planes, form
        self._out, self._out_form = out, out_form

    def bring(self, slot: Slot, index: int) -> Callable[[], None]:
        """Copies planes of the host into page-locked memory."""
        x = slot.x[index]
        if isinstance(self._planes.luma, Tensor):
            return lambda: self._load_from_device(x)
        planes = [getattr(self._planes, part) for part in _PARTS]
        rooms = [
            _staged(slot, index, f"in {part}", plane)
            for part, plane in zip(_PARTS, planes, strict=True)
        ]
        for (staged, _), plane in zip(rooms, planes, strict=True):
            staged.numpy()[...] = plane

        def load() -> None:
            for staged, there in rooms:
                there.copy_(staged, non_blocking=True)
            brought = Planes(luma=rooms[0][1], cb=rooms[1][1], cr=rooms[2][1])
            self._kernels.planes_to_network(brought, self._form, x)

        return load

    def _load_from_device(self, x: Tensor) -> None:
        if x.is_cuda:  # a decoder works on the default stream
            stream = torch.cuda.current_stream()
            stream.wait_stream(torch.cuda.default_stream())
        self._kernels.planes_to_network(self._planes, self._form, x)

    def fetch(self, slot: Slot, index: int) -> tuple[Callable[[], None], Landing]:
        """Returns what writes the planes, and the last copy."""
        outs = [getattr(self._out, part) for part in _PARTS]
        rooms = [
            _staged(slot, index, f"out {part}", plane)
            for part, plane in zip(_PARTS, outs, strict=True)
        ]
        there = Planes(luma=rooms[0][1], cb=rooms[1][1], cr=rooms[2][1])

        def unload() -> None:
            self._kernels.network_to_planes(slot.y[index], self._out_form, there)
            for staged, made in rooms:
                staged.copy_(made, non_blocking=True)

        def land() -> None:
            del self._planes  # the decoder's surface may go back
            for (staged, _), out in zip(rooms, outs, strict=True):
                np.copyto(out, staged.numpy())

        return unload, land


def _staged(
    slot: Slot, index: int, name: str, like: np.ndarray[Any, Any]
) -> tuple[Tensor, Tensor]:
    """Returns memory as large as `like`, contiguous: of the host and of the device."""
    kind = torch.uint16 if like.dtype == np.uint16 else torch.uint8
    shape = tuple(like.shape)
    return (
        slot.room(f"host {name}", index, shape, kind),
        slot.room(f"device {name}", index, shape, kind),
    )


def _compiled_kernels(device: Device) -> Kernels:
    with torch.cuda.device(device.name):
        return PlaneKernels()


def _lost(device: str, fault: RuntimeError) -> ModelError:
    line = str(fault).strip().splitlines()[0] if str(fault).strip() else repr(fault)
    return ModelError(f"The device {device} failed: {line}")
