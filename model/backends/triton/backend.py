"""The CUDA backend with the light network in Triton kernels instead of PyTorch's.

Loading, unloading, captured graphs and colours are those of `model.backends.cuda`; no
convolution is left to cuDNN, so nothing of its is tried out at the first picture.
"""

from typing import Any

import torch
from torch import nn

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.jobs import Kernels
from model.backends.cuda.plan import Compute, Plan
from model.backends.cuda.streams import Device
from model.backends.triton.pack import pack
from model.backends.triton.plan import FusedNetwork
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
    ) -> None:
        """Packs the weights; arguments as those of `CudaBackend`.

        Raises:
            ModelError: cupy is missing, or the precision is no 16-bit one.
        """
        if precision not in {"fp16", "bf16"}:
            raise ModelError(
                f"Backend triton computes in fp16 or bf16; got {precision}."
            )
        super().__init__(
            network,
            multiple,
            device=device,
            precision=precision,
            kernels=kernels,
            name="triton",
        )

    def _compute(self, network: nn.Module, kind: torch.dtype) -> Compute:
        from model.backends.triton.kernels import run

        if not isinstance(network, MSPFN):
            raise ModelError(
                f"Backend triton runs an MSPFN; got {type(network).__name__}."
            )
        return FusedNetwork(pack(network, kind), network.variant.multiple, run)

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


def _compiler_errors() -> tuple[type[Exception], ...]:
    from triton.errors import TritonError

    return (TritonError,)
