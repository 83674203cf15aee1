"""The CUDA backend with the light network in Triton kernels instead of PyTorch's.

Loading, unloading, captured graphs and colours are those of `model.backends.cuda`; no
convolution is left to cuDNN, so nothing of its is tried out at the first picture.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.jobs import Kernels
from model.backends.cuda.plan import Compute, Plan
from model.backends.cuda.streams import Device
from model.backends.triton.forms import DEFAULT, FORMS
from model.backends.triton.planning.pack import pack
from model.backends.triton.planning.persistent import PER_MULTIPROCESSOR
from model.backends.triton.planning.plan import FusedNetwork
from model.errors import ModelError
from model.mspfn.network import MSPFN


class TritonBackend(CudaBackend):
    """Runs an MSPFN that `available.why_not` has no objection to."""

    batch = 8
    """Pictures of one size that `start_many` takes at most."""

    def __init__(
        self,
        network: nn.Module,
        multiple: int,
        *,
        device: str | Device,
        precision: str,
        kernels: Kernels | None = None,
        name: str = DEFAULT,
    ) -> None:
        """Packs the weights; arguments as those of `CudaBackend`.

        `name` is that of a form, and what the backend is called in reports.

        Raises:
            ModelError: cupy is missing, or the precision is no 16-bit one.
        """
        if precision not in {"fp16", "bf16"}:
            raise ModelError(
                f"Backend triton computes in fp16 or bf16; got {precision}."
            )
        self._form = FORMS[name]
        super().__init__(
            network,
            multiple,
            device=device,
            precision=precision,
            kernels=kernels,
            name=name,
        )

    def _compute(self, network: nn.Module, kind: torch.dtype) -> Compute:
        from model.backends.triton.kernels.start import run

        if not isinstance(network, MSPFN):
            raise ModelError(
                f"Backend triton runs an MSPFN; got {type(network).__name__}."
            )
        packed, multiple, form = (
            pack(network, kind),
            network.variant.multiple,
            self._form,
        )
        self._plain = FusedNetwork(packed, multiple, run)
        if form == FORMS[DEFAULT]:
            return self._plain
        programs = programs_at_once(self.device)
        return FusedNetwork(packed, multiple, run, form, programs=programs)

    def check(self, size: tuple[int, int]) -> None:
        """Compares the form with the default one, launched one by one, three times.

        Raises:
            ModelError: They differ in a bit, so the form is wrong here.
        """
        rng = np.random.default_rng(0)
        picture = rng.integers(0, 256, (*size, 3)).astype(np.uint8)
        expected, outs = (np.empty((n, *picture.shape), np.uint8) for n in (1, 3))
        own, self._network = self._network, self._plain
        try:
            self.start(picture, expected[0]).wait()
        finally:
            self.close()  # what was captured is the default form's
            self._network = own
        for pending in [self.start(picture, out) for out in outs]:
            pending.wait()
        if not (outs == expected).all():
            raise ModelError(f"{self.backend} is not what {DEFAULT} computes here.")

    def _new_plan(self, size: tuple[int, int], batch: int, *, watch: bool) -> Plan:
        errors: Any = _compiler_errors()
        try:
            return super()._new_plan(size, batch, watch=watch)
        except errors as error:
            first = str(error).strip().splitlines()[:1]
            raise ModelError(
                f"Triton could not compile its kernels for {self.device}: "
                f"{first[0] if first else type(error).__name__}"
            ) from error


def programs_at_once(device: str) -> int:
    """Returns how many programs of a persistent kernel a device holds at once.

    What stands for a device, as Triton's interpreter does, runs one after the other.
    """
    if not device.startswith("cuda"):
        return 1
    there = torch.cuda.get_device_properties(device)
    return PER_MULTIPROCESSOR * int(there.multi_processor_count)


def _compiler_errors() -> tuple[type[Exception], ...]:
    from triton.errors import TritonError

    return (TritonError,)
