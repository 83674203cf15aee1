"""What a weights file is and says, without what it weighs: nothing here loads PyTorch.

A file is safetensors and says in its header which variant it is for.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from model.errors import ModelError
from model.mspfn.variant import Variant
from model.mspfn.variants import VARIANTS, form_named, no_network_named

SHIPPED = Path(__file__).parents[1] / "shipped"
"""Folder of the weights that come with the program, one file a variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsHeader:
    """What one file says of itself."""

    variant: Variant
    header: dict[str, str]
    """What the file says of its making: steps, seed, settings, ..."""
    sha256: str
    """Of the whole file."""


def shipped_weights(name: str) -> Path | None:
    """Returns the file that ships for a variant, None where none does."""
    path = SHIPPED / f"{name}.safetensors"
    return path if path.is_file() else None


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
        raise ModelError(no_network_named(str(model), or_file=True))
    if not path.is_file():
        raise ModelError(f"Expected weights in {path}; there is no such file.")
    return path


def weights_header(path: Path, data: bytes) -> WeightsHeader:
    """Returns what a file says of itself; `data` is all that it holds.

    Raises:
        ModelError: It is no safetensors file, or names no variant.
    """
    header = _header_in(path, data[:8], data[8:])
    return WeightsHeader(
        variant=_variant_of(path, header),
        header=header,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def read_header(path: Path) -> dict[str, str]:
    """Returns what a weights file says of its making, without reading the weights.

    Raises:
        ModelError: It cannot be read as safetensors.
    """
    try:
        with path.open("rb") as file:
            length = file.read(8)
            return _header_in(path, length, file.read(int.from_bytes(length, "little")))
    except (OSError, OverflowError, MemoryError) as error:
        raise ModelError(f"{path} cannot be read as safetensors: {error}.") from error


def _header_in(path: Path, length: bytes, rest: bytes) -> dict[str, str]:
    """The JSON that a safetensors file begins with, behind its length in 8 bytes.

    https://github.com/huggingface/safetensors#format
    """
    size = int.from_bytes(length, "little")
    try:
        found = json.loads(rest[:size])
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} cannot be read as safetensors: {error}.") from error
    header = found.get("__metadata__", {}) if isinstance(found, dict) else None
    if not isinstance(header, dict) or not all(
        isinstance(value, str) for value in header.values()
    ):
        raise ModelError(
            f"{path} cannot be read as safetensors: its header is no table of texts."
        )
    return header


def _variant_of(path: Path, header: dict[str, str]) -> Variant:
    name = header.get("model", "")
    variant = VARIANTS.get(name) or form_named(name)
    if variant is None:
        raise ModelError(
            f"{path} does not say in its header (model) which variant it is for; "
            f"got {name!r}."
        )
    return variant
