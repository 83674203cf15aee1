"""Weights: those that ship with the program, and files a user brings.

A file is safetensors and says in its header which variant it is for.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor, nn

from model.errors import ModelError
from model.mspfn.network import build_network
from model.mspfn.tensorflow_import import form_named
from model.mspfn.variants import VARIANTS, Variant
from model.whole_file import write_whole

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the weights that come with the program, one file a variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One file's weights, as they are used: float32, on the host."""

    variant: Variant
    tensors: dict[str, Tensor]
    header: dict[str, str]
    """What the file says of its making: steps, seed, settings, ..."""
    sha256: str


def shipped_weights(name: str) -> Path | None:
    """Returns the file that ships for a variant, None where none does."""
    path = SHIPPED / f"{name}.safetensors"
    return path if path.is_file() else None


def load_weights(model: str | Path) -> Weights:
    """Returns the weights of a named model, or of a safetensors file.

    Raises:
        ModelError: No such model, none shipped for it, or the file does not fit.
    """
    path = weights_file(model)
    try:
        # Once, so that weights, header and hash are of one file whoever replaces it.
        data = path.read_bytes()
        tensors = {name: value.float() for name, value in load(data).items()}
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read as safetensors: {error}.") from error
    header = _header_in(data)
    variant = _variant_of(path, header)
    _check_fit(path, variant, tensors)
    digest = hashlib.sha256(data).hexdigest()
    return Weights(variant=variant, tensors=tensors, header=header, sha256=digest)


def _header_in(data: bytes) -> dict[str, str]:
    """Returns what a safetensors file says of itself; its JSON begins with its length.

    https://github.com/huggingface/safetensors#format; `load` gives the tensors alone.
    """
    length = int.from_bytes(data[:8], "little")
    header: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return header


def read_header(path: Path) -> dict[str, str]:
    """Returns what a weights file says of its making, without reading the weights.

    Raises:
        ModelError: It cannot be read as safetensors.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read as safetensors: {error}.") from error


def weights_file(model: str | Path) -> Path:
    """Returns the file of a named model's weights, or the file itself.

    Raises:
        ModelError: No such model, none shipped for it, or no such file.
    """
    if isinstance(model, str) and model in VARIANTS:
        path = shipped_weights(model)
        if path is None:
            raise ModelError(
                f"No weights ship for {model!r}. Give a file instead: 'derain train' "
                "and 'derain import-tf' write them; 'derain models' lists what ships."
            )
        return path
    path = Path(model)
    if path.suffix != ".safetensors":
        known = ", ".join(VARIANTS)
        raise ModelError(
            f"Expected a .safetensors or .onnx file, or a model name of {known}; "
            f"got '{model}'."
        )
    if not path.is_file():
        raise ModelError(f"Expected weights in {path}; there is no such file.")
    return path


def _variant_of(path: Path, header: dict[str, str]) -> Variant:
    name = header.get("model", "")
    variant = VARIANTS.get(name) or form_named(name)
    if variant is None:
        raise ModelError(
            f"{path} does not say in its header (model) which variant it is for; "
            f"got {name!r}."
        )
    return variant


def _check_fit(path: Path, variant: Variant, tensors: dict[str, Tensor]) -> None:
    with torch.device("meta"):
        expected = build_network(variant).state_dict()
    faults = [f"no {name}" for name in expected.keys() - tensors.keys()]
    faults += [f"unknown {name}" for name in tensors.keys() - expected.keys()]
    faults += [
        f"{name} {list(tensors[name].shape)} instead of {list(value.shape)}"
        for name, value in expected.items()
        if name in tensors and tensors[name].shape != value.shape
    ]
    if faults:
        raise ModelError(
            f"{path} does not hold the weights of {variant.name}: {len(faults)} "
            f"tensors do not fit ({'; '.join(sorted(faults)[:3])})."
        )


def write_weights(
    path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, str]
) -> None:
    """Writes weights as safetensors; the header names the variant as `model`.

    The file is whole or not there.
    """
    on_host = {
        name: value.detach().to("cpu", copy=True).contiguous()
        for name, value in tensors.items()
    }
    # Not safetensors' own save_file: it leaves the file readable by its owner alone.
    write_whole(path, save(on_host, metadata=dict(header)))


def load_network(model: str | Path) -> tuple[nn.Module, Weights]:
    """Returns the network with its weights, ready to derain, and the weights.

    Raises:
        ModelError: As `load_weights`.
    """
    weights = load_weights(model)
    network = build_network(weights.variant)
    network.load_state_dict(weights.tensors)
    return network.eval().requires_grad_(False), weights
