"""What a weights file says of itself, read without what it weighs."""

import hashlib
import json
from pathlib import Path

import pytest
import torch

from model import ModelError, read_header, write_weights
from model.weights.header import (
    SHIPPED,
    shipped_weights,
    weights_file,
    weights_header,
)


def safetensors(header: object) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


def test_a_header_is_read_without_the_weights(tmp_path: Path) -> None:
    path = tmp_path / "half.safetensors"
    write_weights(path, {"x": torch.zeros(1)}, {"model": "any", "progress": "1.0"})

    assert read_header(path) == {"model": "any", "progress": "1.0"}


def test_the_variant_the_making_and_the_hash_are_told(tmp_path: Path) -> None:
    data = safetensors({"__metadata__": {"model": "mspfn-lite", "seed": "7"}})

    told = weights_header(tmp_path / "a.safetensors", data)

    assert told.variant.name == "mspfn-lite"
    assert told.header["seed"] == "7"
    assert told.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1",
        b"not weights at all",
        b"\xff" * 8,
        safetensors(b"{"),
        safetensors(b"[]"),
        safetensors(b"null"),
        safetensors({"__metadata__": None}),
        safetensors({"__metadata__": 5}),
        safetensors({"__metadata__": {"model": ["mspfn-lite"]}}),
        safetensors(b"[" * 100_000),
        safetensors(b"\xff\xfe"),
    ],
)
def test_what_is_no_header_is_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(data)

    for read in (read_header, lambda at: weights_header(at, data)):
        with pytest.raises(ModelError, match="cannot be read as safetensors") as told:
            read(path)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("header", [{}, {"__metadata__": {"model": "snow"}}])
def test_a_file_for_no_known_variant_is_refused(
    tmp_path: Path, header: dict[str, object]
) -> None:
    with pytest.raises(ModelError, match="does not say in its header"):
        weights_header(tmp_path / "a.safetensors", safetensors(header))


def test_the_file_of_a_name_is_the_one_that_ships() -> None:
    assert weights_file("mspfn-lite") == SHIPPED / "mspfn-lite.safetensors"
    assert shipped_weights("mspfn-lite") == SHIPPED / "mspfn-lite.safetensors"
    assert shipped_weights("mspfn") is None


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("mspfn", "No weights ship for 'mspfn'"),
        ("snow", "snow: no network has this name"),
        ("my.pth", "my.pth: no network has this name"),
        ("none.safetensors", "there is no such file"),
    ],
)
def test_weights_that_cannot_be_had_are_one_line(model: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as told:
        weights_file(model)

    assert "\n" not in str(told.value)


def test_a_file_that_is_gone_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read as safetensors"):
        read_header(tmp_path / "none.safetensors")
