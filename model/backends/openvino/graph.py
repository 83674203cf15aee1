"""The network as a graph of OpenVINO: converted once, rewritten to be fast, and kept.

The rewriting changes no result beyond rounding; `openvino_int8.py` adds the 8-bit form.
"""

import hashlib
import logging
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import openvino as ov
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from openvino import opset13 as ops
from torch import Tensor, nn

from model.backends.cache import cache_folder, is_sealed, prune, seal, used
from model.backends.openvino.int8 import constant, quantise
from model.errors import ModelError
from model.form import NetworkForm
from model.quantisation import Quantisation
from model.whole_file import written_whole

_LOG = logging.getLogger("derain.cache")
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


def converted_graph(
    network: nn.Module,
    form: NetworkForm,
    key: str,
    depth: int,
    quantisation: Quantisation | None = None,
) -> ov.Model:
    """Returns the network as an OpenVINO model of open height and width.

    Args:
        network: With its weights, in evaluation mode.
        form: What it wants.
        key: Changes whenever network or weights do; empty: the graph is not kept.
        depth: 8 for pictures of 0 to 255, 16 for those of 0 to 65535, as float32.
        quantisation: Of the weights: makes the graph count in 8 bits.
    """
    made_by = f"{key}-{depth}-{version('openvino')}-{torch.__version__}-{_code_hash()}"
    if quantisation is not None:
        made_by += f"-{sorted(quantisation.inputs.items())}"
    name = f"{form.name}-{hashlib.sha256(made_by.encode()).hexdigest()[:16]}.xml"
    path = cache_folder() / name
    files = (path, path.with_suffix(".bin"))
    if key and is_sealed(files):
        used(files)
        return ov.Core().read_model(path)
    model = _convert(network, form, depth)
    split_convolutions(model)
    if quantisation is not None:
        quantise(model, quantisation)
    model.validate_nodes_and_infer_types()
    if not key:
        return model
    try:
        _keep(model, path)
        prune(path.parent, form.name)
    except (OSError, RuntimeError) as error:  # a full disk: the next run converts anew
        _LOG.warning("the converted graph is not kept: %s", error)
    return model


def _code_hash() -> str:
    """A hash of the text of all of `model`: another program, another graph."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parents[2].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _convert(network: nn.Module, form: NetworkForm, depth: int) -> ov.Model:
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
    steps = ov.preprocess.PrePostProcessor(model)
    steps.output().tensor().set_element_type(_OV_TYPES[depth])
    return steps.build()


def _keep(model: ov.Model, path: Path) -> None:
    """Two programs may convert at once: a graph of both is not sealed."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        ov.save_model(model, made, compress_to_fp16=False)
        for part in (made.with_suffix(".bin"), made):
            with written_whole(path.with_suffix(part.suffix)) as beside:
                part.replace(beside)
    seal((path, path.with_suffix(".bin")))


def split_convolutions(model: ov.Model) -> None:
    """Makes several convolutions of each whose channels are parted right after it.

    OpenVINO parts channels by a slow copy (a twentieth of `mspfn-lite`'s time, for the
    gates of its Conv-LSTMs), and cannot fuse the functions behind it.
    """
    for split in model.get_ordered_ops():
        if split.get_type_name() not in {"VariadicSplit", "Split"}:
            continue
        add = split.input_value(0).get_node()
        if add.get_type_name() != "Add":
            continue
        convolution = add.input_value(0).get_node()
        if convolution.get_type_name() == "Convolution":
            _split(convolution, constant(add.input_value(1)), split)


def _split(convolution: ov.Node, bias: NDArray[np.float32], split: ov.Node) -> None:
    weights = constant(convolution.input_value(1))
    first = 0
    for number, part in enumerate(split.outputs()):
        channels = part.get_partial_shape()[1]
        if channels.is_dynamic:
            raise ModelError(f"{split.get_friendly_name()} parts channels unevenly.")
        own = slice(first, first + channels.get_length())
        first = own.stop
        alone = ops.convolution(
            convolution.input_value(0),
            ops.constant(weights[own].copy()),
            convolution.get_strides(),
            convolution.get_pads_begin(),
            convolution.get_pads_end(),
            convolution.get_dilations(),
        )
        # The first part of the name, the network's own, stays: int8 steps go by it.
        alone.set_friendly_name(f"{convolution.get_friendly_name()}/{number}")
        result = ops.add(alone, ops.constant(bias[:, own].copy()))
        for reader in part.get_target_inputs():
            reader.replace_source_output(result.output(0))
