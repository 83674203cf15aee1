"""Writes a network as ONNX, for other runtimes.

The form is the one most tools expect: float32 RGB in [0, 1], [batch, 3, height, width],
in and out, of any batch, height and width. Padding and cropping are part of the graph.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from model.errors import ModelError
from model.mspfn.conv_lstm import folded
from model.mspfn.variant import check_no_memory
from model.weights.tensors import Weights, load_network
from model.whole_file import written_whole

OPSET = 18
"""PyTorch's exporter writes it unconverted; onnxruntime and OpenVINO read it."""

SMALLEST = 16
"""Pixels a picture must at least be high and wide."""

_NEEDED = ("onnx", "onnxscript")
_CHATTY = ("torch.onnx", "onnxscript", "onnx_ir")
_EXAMPLE = (2, 3, 67, 99)
"""No size of its own may look special to the exporter: no 1, nothing of a multiple."""


class PictureGraph(nn.Module):
    """The network with padding and cropping that hold for every size at once.

    Padding is written as indices, a whole number of the network's blocks of them: of
    these the exporter can tell that all strides divide, of `F.pad` it cannot.
    """

    def __init__(self, network: nn.Module, multiple: int) -> None:
        super().__init__()
        self.network = network
        self.multiple = multiple

    def forward(
        self, rgb: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch 3 height width"]:
        """Returns the clean picture, clipped to [0, 1]."""
        height, width = rgb.shape[2:]
        padded = rgb
        for axis, length in ((2, height), (3, width)):
            blocks = (length + self.multiple - 1) // self.multiple
            index = torch.arange(blocks * self.multiple, device=rgb.device)
            mirrored = torch.where(index < length, index, 2 * (length - 1) - index)
            padded = padded.index_select(axis, mirrored)
        clean = self.network(padded)[:, :, :height, :width]
        return clean.clamp(0, 1)


def export_onnx(model: str | Path, path: Path) -> Weights:
    """Writes a network with its weights as one ONNX file; returns the weights.

    The file's metadata names model, weights, and the form of input and output. Written
    whole or not at all.

    Args:
        model: A name of `derain models`, or a .safetensors file.
        path: The file to write.

    Raises:
        ModelError: As `load_weights`, or a package for the export is missing.
    """
    _check_packages()
    network, weights = load_network(model)
    check_no_memory(weights.variant)
    program = onnx_program(network, weights.variant.multiple)
    program.model.metadata_props.update(_metadata(weights))
    program.model.producer_name = "derain"
    with written_whole(path) as beside:
        program.save(beside, external_data=False)
    return weights


@contextmanager
def _silence() -> Iterator[None]:
    """Keeps the exporter from telling of its inner workings."""
    loggers = [logging.getLogger(name) for name in _CHATTY]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@_silence()
def onnx_program(
    network: nn.Module, multiple: int, shape: tuple[int, ...] | None = None
) -> Any:
    """Returns a network, in evaluation mode, as PyTorch's ONNX program.

    Args:
        network: Maps RGB [batch, 3, height, width] in [0, 1].
        multiple: Height and width it works on are multiples of this.
        shape: Of the one input [batch, 3, height, width] that the program takes; None
            for one of every batch, height and width.
    """
    graph = PictureGraph(folded(network), multiple).eval()
    open_sides = _open_sides() if shape is None else None
    # Deferred: what cannot be proved of all sizes would otherwise narrow the sizes.
    exported = torch.export.export(
        graph,
        (torch.zeros(shape or _EXAMPLE),),
        dynamic_shapes=open_sides,
        prefer_deferred_runtime_asserts_over_guards=True,
    )
    return torch.onnx.export(
        exported,
        dynamo=True,
        dynamic_shapes=open_sides,
        input_names=["rgb"],
        output_names=["clean"],
        opset_version=OPSET,
        verbose=False,
    )


def _open_sides() -> tuple[dict[int, Any]]:
    dimension = torch.export.Dim
    return (
        {
            0: dimension("batch", min=1),
            2: dimension("height", min=SMALLEST),
            3: dimension("width", min=SMALLEST),
        },
    )


def _metadata(weights: Weights) -> dict[str, str]:
    form = "float32 [batch, 3, height, width], RGB in [0, 1]"
    return {
        "model": weights.variant.name,
        "weights_sha256": weights.sha256,
        "input": f"rgb: {form}, at least {SMALLEST} pixels high and wide",
        "output": f"clean: {form}",
        "source": "MSPFN, arXiv:2003.10985",
    }


def _check_packages() -> None:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"Writing ONNX needs {' and '.join(missing)}: pip install 'derain[export]'."
        )
