"""A PyTorch network as a graph of OpenVINO: pictures as a video has them in and out."""

import warnings

import openvino as ov
import torch
from jaxtyping import Float
from torch import Tensor, nn

from model.backends.openvino.squares import use_own_layer
from model.form import NetworkForm
from model.mspfn.phases import phased

_OV_TYPES = {8: ov.Type.u8, 16: ov.Type.f32}


class _PictureGraph(nn.Module):
    """The network between whole numbers: [1, height, width, 3] in, the same out."""

    def __init__(self, network: nn.Module, peak: float) -> None:
        super().__init__()
        self.network = network
        self.peak = peak

    def forward(self, pixels: Tensor) -> Tensor:
        x: Float[Tensor, "1 3 height width"] = pixels.permute(0, 3, 1, 2).float()
        levels = (self.network(x / self.peak) * self.peak).round()
        return levels.clamp(0, self.peak).permute(0, 2, 3, 1)


def convert(
    network: nn.Module, form: NetworkForm, depth: int, *, phases: bool = False
) -> ov.Model:
    """Returns the graph, of open height and width.

    Args:
        network: With its weights, in evaluation mode.
        form: What it wants.
        depth: 8 for pictures of 0 to 255, 16 for those of 0 to 65535, as float32.
        phases: In the form of `model.mspfn.phases`.
    """
    if phases:
        network = phased(network)
    side = max(4 * form.multiple, 16)
    dtype = torch.uint8 if depth == 8 else torch.float32
    example = torch.zeros((1, side, side, 3), dtype=dtype)
    graph = _PictureGraph(network, 2.0**depth - 1).eval()
    with torch.no_grad(), warnings.catch_warnings():
        # The converter traces, of which torch and the tracer warn at every branch.
        warnings.simplefilter("ignore")
        # Traced here: the converter's own tracing of a module takes twice as long.
        traced = torch.jit.trace(graph, example, check_trace=False)  # type: ignore[no-untyped-call]
        model = ov.convert_model(
            traced, example_input=example, input=[([1, -1, -1, 3], _OV_TYPES[depth])]
        )
    use_own_layer(model)
    steps = ov.preprocess.PrePostProcessor(model)
    steps.output().tensor().set_element_type(_OV_TYPES[depth])
    return steps.build()
