from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.darknet_file import Weights, read_cfg, steps

CFG = """# of a test
[net]
width = 64   # pixels

[route]
layers = -1, 8
scale=0.5
activation=leaky
"""


def written(path: Path, version: tuple[int, int, int], rest: bytes) -> Path:
    path.write_bytes(np.array(version, "<i4").tobytes() + rest)
    return path


def test_sections_hold_numbers_lists_and_words(tmp_path: Path) -> None:
    (tmp_path / "n.cfg").write_text(CFG)

    net, route = read_cfg(tmp_path / "n.cfg")

    assert (net.kind, net.number("width"), net.number("height", 32)) == ("net", 64, 32)
    assert list(steps(route)) == [-1, 8]
    assert route.share("scale") == 0.5
    assert (route.word("activation"), route.word("none", "x")) == ("leaky", "x")
    assert route.numbers("none") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"does not begin with \[net\]"),
        ("[yolo]\nmask=1\n", r"does not begin with \[net\]"),
        ("width=64\n", "line 1: expected .section. or key=value, got 'width=64'"),
        ("[net]\nwidth 64\n", "line 2: expected .section. or key=value, got 'width 64"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "n.cfg").write_text(text)

    with pytest.raises(EvaluationError, match=said):
        read_cfg(tmp_path / "n.cfg")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "n.cfg").write_bytes(b"[net]\n\xff")

    for name in ("n.cfg", "none.cfg"):
        with pytest.raises(EvaluationError, match=rf"{name} cannot be read"):
            read_cfg(tmp_path / name)
    with pytest.raises(EvaluationError, match=r"none\.weights: No such file"):
        Weights(tmp_path / "none.weights")


@pytest.mark.parametrize(("minor", "seen"), [(1, 4), (2, 8), (5, 8)])
def test_numbers_are_taken_in_their_order(
    tmp_path: Path, minor: int, seen: int
) -> None:
    numbers = np.arange(7, dtype="<f4").tobytes() + b"\0\0"
    path = written(tmp_path / "w", (0, minor, 0), bytes(seen) + numbers)

    weights = Weights(path)

    assert weights.take(2, 2).tolist() == [[0, 1], [2, 3]]
    assert weights.take(1).tolist() == [4]
    assert weights.left == 2
    with pytest.raises(EvaluationError, match="holds 7 numbers, its network needs mo"):
        weights.take(3)


def test_what_is_no_weights_file_is_named(tmp_path: Path) -> None:
    strange = written(tmp_path / "w", (-5, 0, 0), bytes(20))
    (tmp_path / "short").write_bytes(b"\0" * 8)

    for path in (strange, tmp_path / "short"):
        with pytest.raises(EvaluationError, match="is no darknet weights file"):
            Weights(path)
