import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.entrants import Network, Untouched
from evaluation.errors import EvaluationError
from evaluation.plan import Plan, carried_out
from tests.evaluation.folders import write_pairs
from tests.evaluation.golden_pairs import a_clean

SHIPPED = Path(__file__).parents[2] / "model" / "shipped" / "mspfn-lite.safetensors"


class Silent:
    """Progress that nobody watches."""

    def begin(self, name: str, total: int | None) -> None:
        pass

    def step(self, name: str) -> None:
        pass


def test_the_input_comes_back_untouched() -> None:
    picture = a_clean(20, 24, seed=1)

    assert np.array_equal(Untouched()(picture), picture)


@pytest.mark.slow
def test_a_network_without_weights_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"gone\.safetensors"):
        Network(str(tmp_path / "gone.safetensors"))


@pytest.mark.slow
def test_a_picture_too_small_for_the_network_is_told() -> None:
    network = Network("mspfn-lite", device="cpu", backend="torch")

    with pytest.raises(EvaluationError, match="16 pixels"):
        network(a_clean(8, 24, seed=1))


@pytest.mark.slow
def test_a_name_and_its_file_stand_side_by_side_and_are_measured_once(
    tmp_path: Path,
) -> None:
    root, kept = write_pairs(tmp_path / "set", 2), tmp_path / "kept.jsonl"
    plan = Plan(
        set_name="pairs",
        root=str(root),
        models=("mspfn-lite", str(SHIPPED)),
        metrics=("psnr",),
        kept=kept,
        device="cpu",
        backend="torch",
    )

    results = carried_out(plan, Silent()).evaluation.results

    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert [result.name for result in results] == ["input", "mspfn-lite", str(SHIPPED)]
    assert results[1].scores == results[2].scores
    assert len(lines) == 4
