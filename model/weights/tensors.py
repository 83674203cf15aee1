"""Weights: those that ship with the program, and files a user brings, as tensors.

What a file says of itself is read in `model/weights/header.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from model.errors import ModelError
from model.mspfn.build import build_network
from model.mspfn.variant import Variant
from model.weights.header import weights_file, weights_header
from model.whole_file import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One file's weights, as they are used: float32, on the host."""

    variant: Variant
    tensors: dict[str, Tensor]
    header: dict[str, str]
    """What the file says of its making: steps, seed, settings, ..."""
    sha256: str


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
    told = weights_header(path, data)
    _check_fit(path, told.variant, tensors)
    return Weights(
        variant=told.variant, tensors=tensors, header=told.header, sha256=told.sha256
    )


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
