from pathlib import Path

import pytest

from model.weights.tensors import load_weights
from sources.errors import SourceError
from streamer.library.state.identity import difference, identity_of, weights_sha256


def test_the_weights_are_found_without_loading_a_network() -> None:
    assert weights_sha256("mspfn-lite") == load_weights("mspfn-lite").sha256


def test_a_file_of_weights_has_its_own_hash(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"1")

    first = weights_sha256(str(path))
    path.write_bytes(b"2")

    assert weights_sha256(str(path)) != first


def test_a_change_of_the_tail_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0" * 1_000_000 + b"1")
    before = identity_of(path)

    path.write_bytes(b"0" * 1_000_000 + b"2")

    assert identity_of(path).ends_sha256 != before.ends_sha256


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        identity_of(tmp_path / "none.mp4")


def test_the_first_difference_is_named() -> None:
    assert difference({"a": 1, "b": 2}, {"a": 1, "b": 3}) == "b was 2 and is 3"
    assert difference({"a": 1}, {"a": 1}) == ""
    assert difference({"a": 1}, {"a": 1, "b": 3}) == "b was None and is 3"
