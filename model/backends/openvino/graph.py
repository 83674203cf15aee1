"""The network as a graph of OpenVINO: converted once, rewritten to be fast, and kept.

The rewriting changes no result beyond rounding; `int8.py` adds the 8-bit form.
"""

import hashlib
import logging
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops

from model.backends.cache import (
    cache_folder,
    code_hash,
    is_sealed,
    prune,
    seal,
    tell_if_broken,
    used,
)
from model.backends.openvino.int8 import constant, quantise
from model.backends.openvino.kernels import by_vector_kernels
from model.backends.openvino.processor import sums_bytes_in_vectors
from model.errors import ModelError
from model.form import NetworkForm
from model.long_calls import interruptibly
from model.quantisation import Quantisation
from model.whole_file import written_whole

_LOG = logging.getLogger("derain.cache")


def converted_graph(
    network: Callable[[], Any],
    form: NetworkForm,
    key: str,
    depth: int,
    quantisation: Quantisation | None = None,
    *,
    phases: bool = False,
) -> ov.Model:
    """Returns the network as an OpenVINO model of open height and width.

    Args:
        network: Gives the PyTorch module with its weights, in evaluation mode; not
            called where the graph is kept.
        form: What it wants.
        key: Changes whenever network or weights do; empty: the graph is not kept.
        depth: 8 for pictures of 0 to 255, 16 for those of 0 to 65535, as float32.
        quantisation: Of the weights: makes the graph compute in 8 bits.
        phases: In the form of `model.mspfn.phases`.
    """
    path = _place(form, graph_key(key, depth, quantisation, phases=phases))
    if key and is_sealed(_files(path)):
        used(_files(path))
        return ov.Core().read_model(path)
    if key:
        tell_if_broken(_files(path))
    model = interruptibly(_made, network, form, depth, quantisation, phases=phases)
    if not key:
        return model
    try:
        _keep(model, path)
        prune(path.parent, form.name)
        # Read back, its layers are in another order and sums are rounded otherwise: the
        # first start computes what all later ones do.
        return ov.Core().read_model(path)
    except (OSError, RuntimeError) as error:  # a full disk: the next run converts anew
        _LOG.warning("the converted graph is not kept: %s", error)
        return model


def _made(
    network: Callable[[], Any],
    form: NetworkForm,
    depth: int,
    quantisation: Quantisation | None,
    *,
    phases: bool,
) -> ov.Model:
    from model.backends.openvino.conversion import convert  # loads PyTorch

    model = convert(network(), form, depth, phases=phases)
    split_convolutions(model)
    if quantisation is not None:
        quantise(model, quantisation)
    model.validate_nodes_and_infer_types()
    return by_vector_kernels(model) if phases and sums_bytes_in_vectors() else model


def graph_key(
    key: str, depth: int, quantisation: Quantisation | None, *, phases: bool = False
) -> str:
    """Returns what changes whenever the converted graph would be another one."""
    made_by = f"{key}-{depth}-{version('openvino')}-{version('torch')}-{code_hash()}"
    if phases:
        made_by += f"-phases-{sums_bytes_in_vectors()}"
    if quantisation is not None:
        made_by += f"-{sorted(quantisation.inputs.items())}"
    return hashlib.sha256(made_by.encode()).hexdigest()[:16]


def graph_is_kept(
    form: NetworkForm,
    key: str,
    depth: int,
    quantisation: Quantisation | None,
    *,
    phases: bool = False,
) -> bool:
    """Returns whether `converted_graph` would read the graph, whole, from its file."""
    path = _place(form, graph_key(key, depth, quantisation, phases=phases))
    return is_sealed(_files(path))


def _place(form: NetworkForm, key: str) -> Path:
    return cache_folder() / f"{form.name}-{key}.xml"


def _files(path: Path) -> tuple[Path, Path]:
    return path, path.with_suffix(".bin")


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
    """Makes several convolutions of each one whose output channels are split after it.

    OpenVINO splits channels by a slow copy (a twentieth of `mspfn-lite`'s time, for the
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
            raise ModelError(f"{split.get_friendly_name()} splits channels unevenly.")
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
        # The network's own part of the name stays in front: int8 steps go by it.
        alone.set_friendly_name(f"{convolution.get_friendly_name()}/{number}")
        result = ops.add(alone, ops.constant(bias[:, own].copy()))
        for reader in part.get_target_inputs():
            reader.replace_source_output(result.output(0))
