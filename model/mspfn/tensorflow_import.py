"""The authors' TensorFlow checkpoints, read into this project's weights.

Both graphs of the release are known: the published test graph (modules named `BCM*_n`)
and the retraining graph (`URAB*_n`), the latter under `generator/` or `model/`. Other
variables beside them, such as Adam's, are left out.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from model.errors import ModelError
from model.mspfn.build import build_network
from model.mspfn.variant import Variant
from model.mspfn.variants import release_form

Array = NDArray[np.float32]


def _conv(kernel: Array) -> Array:
    """[kh, kw, in, out] of a convolution."""
    return kernel.transpose(3, 2, 0, 1)


def _turned(kernel: Array) -> Array:
    """[kh, kw, out, in] of a stride-1 transposed convolution, which is a convolution.

    Its kernel is turned by 180 degrees.
    """
    return kernel.transpose(2, 3, 0, 1)[:, :, ::-1, ::-1]


def _transposed(kernel: Array) -> Array:
    """[kh, kw, out, in] of a stride-2 transposed convolution."""
    return kernel.transpose(3, 2, 0, 1)


def _swapped(kernel: Array) -> Array:
    """A transposed one over two feature maps joined in the other order than here.

    A block of the graph joins [strided input, units], and before `up2_1` it joins
    [from quarter scale, half scale]; its other joins have this project's order.
    """
    halves = _transposed(kernel)  # [in, out, kh, kw]
    return np.roll(halves, len(halves) // 2, axis=0)


def _plain(vector: Array) -> Array:
    return vector


_SCALE = {"": 0, "2": 1, "4": 2}
_CLIMB = {"4_2": "2to1", "4_1": "2to0", "4to1": "2to0", "2_1": "1to0", "2to1": "1to0"}
_UNIT = {
    "conv2d": "first",
    "conv2d_1": "second",
    "conv2d_2": "squeeze",
    "conv2d_3": "excite",
}
_SLOPE = {"conv2d": "act", "conv2d_2": "squeeze_act"}

Namer = Callable[[re.Match[str]], str]
_MODULE = r"(?:BCM|URAB)(?P<s>4|2|)_(?P<m>\d+)/"

_LAYERS: tuple[tuple[str, Namer, Callable[[Array], Array]], ...] = (
    (r"rnn(?P<s>[124])", lambda m: f"initial.{'124'.index(m['s'])}", _turned),
    (
        r"residual_memory/rain(?P<s>4|2|)_res(?P<part>[12])",
        lambda m: (
            f"coarse.units.{_SCALE[m['s']]}.{('before', 'after')[int(m['part']) - 1]}"
        ),
        _turned,
    ),
    (
        r"residual_memory/upRMM(?P<u>4_2|4_1|2_1)",
        lambda m: f"coarse.climb.ups.{_CLIMB[m['u']]}",
        _transposed,
    ),
    (
        _MODULE + r"up(?:BCM|URAB)(?P<u>4_2|4to1|2to1)_\d+",
        lambda m: f"fine.{m['m']}.climb.ups.{_CLIMB[m['u']]}",
        _transposed,
    ),
    (
        _MODULE + r"down\d?_\d+",
        lambda m: f"fine.{m['m']}.blocks.{_SCALE[m['s']]}.down.0",
        _conv,
    ),
    (
        _MODULE + r"up_\d+",
        lambda m: f"fine.{m['m']}.blocks.{_SCALE[m['s']]}.up.0",
        _swapped,
    ),
    (
        r"rnn_recon(?P<s>4|2|)",
        lambda m: f"reconstruction.join.{_SCALE[m['s']]}",
        _turned,
    ),
    (r"up4_2", lambda _: "reconstruction.up.1", _transposed),
    (r"up2_1", lambda _: "reconstruction.up.0", _swapped),
    (r"rnn5", lambda _: "reconstruction.head", _turned),
)
"""Layers with a `weight` and, mostly, an `alpha`: pattern, name here, layout."""

_CELL = re.compile(
    r"residual_memory/lstm_group(?P<s>4|2|)/convLSTM/LSTM_conv/(?P<kind>weights|biases)"
)
_CAU = re.compile(
    _MODULE + r"group_\d+_RCAB(?P<n>\d+)/(?P<part>conv2d(?:_[123])?)/"
    r"(?P<kind>kernel|bias|alpha)"
)


def read_checkpoint(checkpoint: Path) -> dict[str, Array]:
    """Returns every variable of a TensorFlow checkpoint by its name.

    Args:
        checkpoint: The common beginning of its files' names, or its `.index` file.

    Raises:
        ModelError: TensorFlow is not installed, or there is no such checkpoint.
    """
    prefix = checkpoint.with_suffix("") if checkpoint.suffix == ".index" else checkpoint
    if not Path(f"{prefix}.index").is_file():
        raise ModelError(
            f"Expected a TensorFlow checkpoint ({prefix.name}.index and .data-*) "
            f"in {prefix.parent}; found no {prefix.name}.index."
        )
    reader = _tensorflow().train.load_checkpoint(str(prefix))
    return {
        name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()
    }


def _tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    try:
        import tensorflow  # an extra: large, and needed for this alone
    except ImportError as missing:
        raise ModelError(
            "Reading a TensorFlow checkpoint needs TensorFlow: "
            "pip install 'derain[tf]' (or tensorflow-cpu)."
        ) from missing
    return tensorflow


def translate(
    variables: Mapping[str, Array],
) -> tuple[Variant, dict[str, torch.Tensor]]:
    """Returns the variant the variables make up and its weights.

    Raises:
        ModelError: They are not, or not all, the variables of one of the two graphs.
    """
    weights: dict[str, torch.Tensor] = {}
    for name, value in variables.items():
        found = _translate_one(name, value)
        if found is not None:
            weights[found[0]] = torch.from_numpy(
                np.array(found[1], np.float32, order="C")
            )
    variant = _variant_of(weights)
    _check_complete(variant, weights)
    return variant, weights


def _translate_one(full_name: str, value: Array) -> tuple[str, Array] | None:
    scope, _, name = full_name.partition("/")
    if scope not in {"generator", "model"}:
        return None
    if cell := _CELL.fullmatch(name):
        unit = f"coarse.units.{_SCALE[cell['s']]}.cell.gates"
        if cell["kind"] == "weights":
            return f"{unit}.weight", _conv(value)
        return f"{unit}.bias", value
    if cau := _CAU.fullmatch(name):
        return _translate_attention(cau, value)
    layer, _, kind = name.rpartition("/")
    return _translate_layer(layer, kind, value)


def _translate_attention(cau: re.Match[str], value: Array) -> tuple[str, Array]:
    block = f"fine.{cau['m']}.blocks.{_SCALE[cau['s']]}.units.{int(cau['n']) - 1}"
    if cau["kind"] == "alpha":
        return f"{block}.{_SLOPE[cau['part']]}.weight", value
    layer = f"{block}.{_UNIT[cau['part']]}"
    if cau["kind"] == "bias":
        return f"{layer}.bias", value
    return f"{layer}.weight", _conv(value)


def _translate_layer(layer: str, kind: str, value: Array) -> tuple[str, Array] | None:
    if layer == "rnn7" and kind == "weight":
        return "reconstruction.rain.weight", _turned(value)
    for pattern, name, layout in _LAYERS:
        match = re.fullmatch(pattern, layer)
        if match and kind == "weight":
            return f"{name(match)}.conv.weight", layout(value)
        if match and kind == "alpha":
            return f"{name(match)}.act.weight", value
    return None


def _variant_of(weights: Mapping[str, torch.Tensor]) -> Variant:
    modules = {int(name.split(".")[1]) for name in weights if name.startswith("fine.")}
    units = [0, 0, 0]
    for name in weights:
        if match := re.match(r"fine\.0\.blocks\.(\d)\.units\.(\d+)\.", name):
            scale, unit = int(match[1]), int(match[2])
            units[scale] = max(units[scale], unit + 1)
    return release_form(len(modules), units)


def _check_complete(variant: Variant, weights: Mapping[str, torch.Tensor]) -> None:
    with torch.device("meta"):
        expected = build_network(variant).state_dict()
    missing = sorted(expected.keys() - weights.keys())
    wrong = [
        f"{name} {list(weights[name].shape)} instead of {list(value.shape)}"
        for name, value in expected.items()
        if name in weights and weights[name].shape != value.shape
    ]
    if missing or wrong or not weights:
        faults = [f"no {name}" for name in missing] + wrong
        raise ModelError(
            "Expected the variables of the authors' test or retraining graph; "
            f"{len(faults)} of {len(expected)} do not fit: {'; '.join(faults[:3])}."
        )
