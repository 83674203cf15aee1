"""The kernels by name, and how they are started; loads Triton."""

from typing import Any

from triton.tools.tensor_descriptor import TensorDescriptor

from model.backends.triton.kernels.boxed import convolve_boxed, gate_boxed
from model.backends.triton.kernels.convolution import convolve, gate
from model.backends.triton.kernels.persistent import block
from model.backends.triton.kernels.small import halve, weigh
from model.backends.triton.kernels.upsampling import climb, upsample
from model.backends.triton.planning.launches import Launch

KERNELS: dict[str, Any] = {
    "block": block,
    "climb": climb,
    "convolve": convolve,
    "convolve_boxed": convolve_boxed,
    "gate": gate,
    "gate_boxed": gate_boxed,
    "halve": halve,
    "upsample": upsample,
    "weigh": weigh,
}
"""All that the light network is made of."""


def run(launch: Launch) -> None:
    """Starts a kernel on the current stream of its tensors' device."""
    boxes = {
        name: TensorDescriptor.from_tensor(launch.tensors[name], list(sides))
        for name, sides in launch.boxes.items()
    }
    # Said only where it is so: else compiled kernels in Triton's cache would be others.
    options = {"launch_cooperative_grid": True} if launch.cooperative else {}
    KERNELS[launch.kernel][launch.grid](
        **{**launch.tensors, **boxes},
        **launch.sizes,
        **launch.constants,
        num_warps=launch.warps,
        enable_fp_fusion=True,  # said, since Triton changes its default
        **options,
    )
