"""The kernels by name, and how they are started; loads Triton."""

from typing import Any

from triton.tools.tensor_descriptor import TensorDescriptor

from model.backends.triton.boxed import convolve_boxed, gate_boxed
from model.backends.triton.convolution import convolve, gate
from model.backends.triton.launches import Launch
from model.backends.triton.small import halve, weigh
from model.backends.triton.upsampling import climb, upsample

KERNELS: dict[str, Any] = {
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
    KERNELS[launch.kernel][launch.grid](
        **{**launch.tensors, **boxes},
        **launch.sizes,
        **launch.constants,
        num_warps=launch.warps,
        enable_fp_fusion=True,  # said, since Triton changes its default
    )
