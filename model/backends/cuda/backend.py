"""The backend for CUDA: loading, network and unloading of three pictures overlap.

Pictures come as RGB pixels of the host, or as luma and chroma planes of host or device;
colours are converted on the device. The host enqueues and waits for single events: it
never waits for the device as a whole.
"""

from collections.abc import Hashable, Sequence
from functools import partial
from threading import Lock

import torch
from torch import nn

from model.backends.base import BackendBase, Pending
from model.backends.compile.cache import keep_code_apart
from model.backends.cuda.coverage import DeviceCoverage
from model.backends.cuda.jobs import CoverageJob, Job, Kernels, PixelJob, PlaneJob
from model.backends.cuda.kernels import PlaneKernels
from model.backends.cuda.pending import CoveragePending, CudaPending
from model.backends.cuda.plan import SLOTS, Compute, Plan, Shape, Slot, Watch
from model.backends.cuda.streams import CudaDevice, Device, Stream, Work
from model.backends.cuda.temporal.job import SeenJob
from model.backends.cuda.temporal.neighbours import DeviceNeighbours
from model.backends.cuda.trials import ConvolutionTrials
from model.backends.plane_neighbours import Lumas, PlaneNeighbours
from model.errors import is_out_of_memory, lost_device
from model.mspfn.conv_lstm import folded
from model.mspfn.pyramid import in_four_channels
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, PlanePicture, Planes, SeenPlanes

_DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
_PLANS = 12
"""Sizes and batches that are kept ready; what changes more often is made again."""


class CudaBackend(BackendBase):
    """Runs a network on one CUDA device; any thread may start and wait."""

    slots = SLOTS
    takes_planes = True
    batch = 4
    """Pictures of one size that `start_many` takes at most."""
    colour_graphs = False
    """Whether copies and colour kernels are replayed as graphs, a launch for each way,
    where a slot's memory is all that they touch: not for planes of a decoder, turned
    ones, or the temporal step. What it is worth, no card has measured yet."""

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
        trials: ConvolutionTrials | None = None,
    ) -> None:
        """Moves the network to the device.

        Args:
            network: Takes and gives RGB [batch, 3, height, width] in [0, 1].
            multiple: Of which the network wants height and width.
            device: `cuda:0`, ..., or what stands for it.
            precision: `fp32`, `fp16` or `bf16`.
            kernels: Convert colours; None for those of `model.backends.cuda.kernels`.
            compiled: Lets `torch.compile` fuse the network's operations first.
            name: What the backend is called in reports.
            trials: Knows whether cuDNN's trials pay; None: they are always done.

        Raises:
            ModelError: cupy is missing.
        """
        self._on = CudaDevice(device) if isinstance(device, str) else device
        self.backend, self.device = name, self._on.name
        self.precision = precision
        self._kernels: Kernels = kernels or _compiled_kernels(self._on)
        self._multiple, self._kind = multiple, _DTYPES[precision]
        self._trials = trials
        # A captured graph would cut kernels apart anew in each replay.
        network = in_four_channels(folded(network)).to(self.device, self._kind).eval()
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
        self._compiled = compiled
        self._network = self._compute(network, self._kind)
        self._input, self._work = self._on.stream(), self._on.stream()
        self._output = self._on.stream()
        self._plans: dict[tuple[int, int, int, bool], Plan] = {}
        self._lock = Lock()

    def _compute(self, network: nn.Module, kind: torch.dtype) -> Compute:
        """Returns what is captured: the network itself, in numbers of `kind`."""
        if self._compiled:
            keep_code_apart()
            compiled: Compute = torch.compile(network, dynamic=False)
            return compiled
        return network

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out` [height, width, 3]; `picture` may change at once."""
        return self._start([PixelJob(self._kernels, picture, out)])

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> Pending:
        """Begins to fill all `outs`; the pictures are of one size, one batch."""
        pairs = zip(pictures, outs, strict=True)
        return self._start([PixelJob(self._kernels, *pair) for pair in pairs])

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending:
        """Begins to fill `out`, arrays of the host, from planes of host or device.

        Planes of the host may change at once, those of the device not before `wait`.
        With `watch` the result has a coverage.
        """
        one = PlanePicture(planes=planes, form=form, out=out, out_form=out_form)
        [pending] = self.start_many_planes([one], watch=watch)
        return pending

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending]:
        """Begins pictures that the network sees in one size, as one batch."""
        jobs = [self._plane_job(picture) for picture in pictures]
        if not watch:
            return [self._start(jobs)] * len(jobs)
        watched = [CoverageJob(job) for job in jobs]
        pending = self._start(watched, watch=True)
        return [CoveragePending(pending, job) for job in watched]

    def plane_neighbours(self, ahead: int, remembered: Lumas = ()) -> PlaneNeighbours:
        """Returns the memory of one more stream, on this device."""
        return DeviceNeighbours(self._on, self._kernels, ahead, remembered)

    def _plane_job(self, picture: PlanePicture) -> PlaneJob:
        if isinstance(picture.planes, SeenPlanes):
            return SeenJob(self._kernels, picture, picture.planes)
        return PlaneJob(self._kernels, picture)

    def _start(self, jobs: Sequence[Job], *, watch: bool = False) -> Pending:
        with self._lock, torch.inference_mode():
            try:
                pending = self._unless_full(jobs, watch=watch)
                if pending is None and self._free_plans():
                    pending = self._unless_full(jobs, watch=watch)
                if pending is None:
                    self._free_plans()
            except RuntimeError as error:
                raise lost_device(self.device, error) from error
        if pending is None:
            raise torch.OutOfMemoryError(f"{self.device} holds no such picture.")
        return pending

    def _unless_full(self, jobs: Sequence[Job], *, watch: bool) -> Pending | None:
        """Starts pictures; None where the memory is too small.

        Not the error: what it points at would keep the memory taken.
        """
        try:
            return self._enqueued(jobs, watch=watch)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return None

    def _free_plans(self) -> bool:
        """Gives up what all sizes keep; returns whether there was any."""
        had_any = bool(self._plans)
        while self._plans:
            # Not bound to a name, which would keep its memory until this returns.
            self._plans.pop(next(iter(self._plans))).complete_all()
        self._on.empty_cache()
        return had_any

    def _enqueued(self, jobs: Sequence[Job], *, watch: bool) -> Pending:
        plan = self._plan_for(jobs[0].size, len(jobs), watch=watch)
        slot = plan.slot()
        uploads = [job.upload(slot, index) for index, job in enumerate(jobs)]
        downloads = [job.download(slot, index) for index, job in enumerate(jobs)]
        for job in jobs:
            if job.ready is not None:
                self._input.wait_for(job.ready)
        forms = [("load", index, job.load_form) for index, job in enumerate(jobs)]
        self._convert(self._input, slot, forms, uploads)
        self._input.record(slot.loaded)
        self._work.wait_for(slot.loaded)
        self._work.run(partial(plan.derain, slot))
        self._work.record(slot.derained)
        self._output.wait_for(slot.derained)
        forms = [("unload", index, job.unload_form) for index, job in enumerate(jobs)]
        self._convert(self._output, slot, forms, [unload for unload, _ in downloads])
        self._output.record(slot.done)
        ticket = slot.begin([callback for _, callback in downloads])
        return CudaPending(slot, ticket, self.device)

    def _convert(
        self,
        stream: Stream,
        slot: Slot,
        forms: Sequence[tuple[str, int, Hashable]],
        works: Sequence[Work],
    ) -> None:
        """Enqueues the pictures' copies and colour kernels."""
        for form, work in zip(forms, works, strict=True):
            if self.colour_graphs and form[2] is not None:
                capture = partial(self._on.captured, stream, work)
                stream.run(slot.replay(form, capture))
            else:
                stream.run(work)

    def _plan_for(self, size: tuple[int, int], batch: int, *, watch: bool) -> Plan:
        key = (*size, batch, watch)
        plan = self._plans.pop(key, None)
        if plan is None:
            if len(self._plans) == _PLANS:
                self._plans.pop(next(iter(self._plans))).complete_all()
            plan = self._new_plan(size, batch, watch=watch)
        self._plans[key] = plan  # the last one used stands last
        return plan

    def _new_plan(self, size: tuple[int, int], batch: int, *, watch: bool) -> Plan:
        height, width = (side + -side % self._multiple for side in size)
        if height >= 2 * size[0] or width >= 2 * size[1]:
            raise ValueError(
                f"A picture must be more than half of {self._multiple} pixels high and "
                f"wide, got {size[0]} x {size[1]}."
            )
        watched = DeviceCoverage(*size, self.device) if watch else None
        return self._tried_plan((batch, 3, height, width), watched)

    def _tried_plan(self, shape: Shape, watch: Watch | None) -> Plan:
        """Returns a plan, made with cuDNN's trials unless they are known not to pay.

        PyTorch remembers what it chose for a convolution as long as the process lives,
        by its flags, too: in 16 bit, where TF32 changes nothing, the other flag lets
        cuDNN try after all. In fp32 it always does.
        """
        trials = None if self._kind == torch.float32 else self._trials
        if trials is None:
            return self._made_plan(shape, watch, tried=True)
        tried = trials.wanted(shape)
        plan = self._made_plan(shape, watch, tried=tried)
        if trials.lacks(shape, tried=tried):
            trials.note(shape, plan.seconds(self._on, self._work), tried=tried)
            if not tried and trials.wanted(shape):
                del plan  # its memory is wanted
                plan = self._made_plan(shape, watch, tried=True)
        return plan

    def _made_plan(self, shape: Shape, watch: Watch | None, *, tried: bool) -> Plan:
        with torch.backends.cudnn.flags(
            enabled=True,
            benchmark=tried,
            allow_tf32=tried and self._kind != torch.float32,
        ):
            return Plan(self._on, self._work, self._network, shape, self._kind, watch)

    def close(self) -> None:
        """Waits for what is under way and frees the device's memory; may be repeated.

        A device that is lost has nothing under way.
        """
        try:
            self._free_plans()
        except RuntimeError:
            self._plans.clear()


def _compiled_kernels(device: Device) -> Kernels:
    with torch.cuda.device(device.name):
        return PlaneKernels()
