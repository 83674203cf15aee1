from pathlib import Path

import numpy as np
import pytest

from evaluation.entrants import Network, Untouched
from evaluation.errors import EvaluationError
from tests.evaluation.golden_pairs import a_clean


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
