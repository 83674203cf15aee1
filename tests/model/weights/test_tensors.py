"""Weights as tensors: written, read back, and refused where they do not fit."""

import hashlib
from pathlib import Path

import pytest
import torch

from model import (
    ModelError,
    build_network,
    load_network,
    load_weights,
    write_weights,
)
from model.weights.header import SHIPPED


def test_written_weights_come_back(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = build_network("mspfn-lite")
    path = tmp_path / "my.safetensors"

    write_weights(path, network.state_dict(), {"model": "mspfn-lite", "seed": "0"})
    loaded, weights = load_network(path)

    assert weights.header["seed"] == "0"
    for name, value in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value)


def test_the_shipped_file_names_its_making_and_is_small_enough() -> None:
    path = SHIPPED / "mspfn-lite.safetensors"

    header = load_weights("mspfn-lite").header

    assert {"steps", "seed", "settings", "commit"} <= header.keys()
    assert path.stat().st_size < 8_000_000


def test_a_file_of_another_variant_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wrong.safetensors"
    write_weights(path, {"x": torch.zeros(1)}, {"model": "mspfn-lite"})

    with pytest.raises(ModelError, match=r"does not hold the weights of mspfn-lite"):
        load_weights(path)


def test_a_file_that_is_no_safetensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(b"not weights")

    with pytest.raises(ModelError, match=r"cannot be read as safetensors"):
        load_weights(path)


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nameless.safetensors"
    write_weights(path, {"x": torch.zeros(1)}, {})

    with pytest.raises(ModelError, match=r"does not say in its header"):
        load_weights(path)


def test_the_hash_is_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "my.safetensors"
    write_weights(
        path, build_network("mspfn-lite").state_dict(), {"model": "mspfn-lite"}
    )

    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    assert load_weights(path).sha256 == digest


def test_a_name_that_no_network_has_could_have_been_a_file() -> None:
    with pytest.raises(ModelError, match=r"snow: no network .*\.onnx file$"):
        load_weights("snow")


def test_weights_in_sixteen_bit_are_used_in_thirty_two(tmp_path: Path) -> None:
    network = build_network("mspfn-lite")
    half = {name: value.half() for name, value in network.state_dict().items()}
    path = tmp_path / "half.safetensors"

    write_weights(path, half, {"model": "mspfn-lite"})
    tensors = load_weights(path).tensors

    assert {value.dtype for value in tensors.values()} == {torch.float32}
    name = next(iter(half))
    assert torch.equal(tensors[name], half[name].float())


def test_what_does_not_fit_is_counted_and_three_of_it_are_named(tmp_path: Path) -> None:
    tensors = build_network("mspfn-lite").state_dict()
    first, *_ = tensors
    path = tmp_path / "my.safetensors"
    write_weights(path, {**tensors, first: torch.zeros(2)}, {"model": "mspfn-lite"})

    with pytest.raises(ModelError, match=r"1 tensors do not fit .* \[2\] instead of"):
        load_weights(path)


def test_a_network_that_is_loaded_is_not_to_be_trained() -> None:
    network, _ = load_network("mspfn-lite")

    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
