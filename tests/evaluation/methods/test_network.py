import shutil
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.methods import InputBaseline, Network
from model.weights.header import SHIPPED
from tests.support.sets.golden_pairs import a_clean


def test_the_input_comes_back_untouched() -> None:
    picture = a_clean(20, 24, seed=1)

    assert np.array_equal(InputBaseline()(picture), picture)


@pytest.mark.slow
def test_a_network_without_weights_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"gone\.safetensors"):
        Network(str(tmp_path / "gone.safetensors"))


@pytest.mark.slow
def test_a_picture_too_small_for_the_network_is_derained_all_the_same() -> None:
    network = Network("mspfn-lite", device="cpu", backend="torch")

    assert network(a_clean(8, 24, seed=1)).shape == (8, 24, 3)


@pytest.mark.slow
def test_other_steps_of_int8_are_another_network(tmp_path: Path) -> None:
    for name in ("mspfn-lite.safetensors", "mspfn-lite.int8.json"):
        shutil.copy(SHIPPED / name, tmp_path / name)
    weights, steps = tmp_path / "mspfn-lite.safetensors", "mspfn-lite.int8.json"
    settings = {"device": "cpu", "precision": "int8"}
    before = Network(str(weights), **settings)

    text = (tmp_path / steps).read_text(encoding="utf-8")
    (tmp_path / steps).write_text(f"{text}\n", encoding="utf-8")
    after = Network(str(weights), **settings)

    assert before.key != after.key
    assert before.facts["weights_sha256"] == after.facts["weights_sha256"]
    assert "int8_steps_sha256" in after.facts


@pytest.mark.slow
def test_a_network_that_rests_gives_the_same_when_asked_again() -> None:
    network = Network("mspfn-lite", device="cpu", backend="torch")
    picture = a_clean(32, 48, seed=1)
    before, facts = network(picture), network.facts

    network.release()
    network.release()

    assert np.array_equal(network(picture), before)
    assert network.facts == facts


@pytest.mark.slow
def test_a_large_picture_is_done_in_tiles_and_the_next_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = Network("mspfn-lite", device="cpu", backend="torch")
    small, large = a_clean(64, 64, seed=1), a_clean(256, 288, seed=1)
    whole = [network(picture) for picture in (small, large)]

    monkeypatch.setattr("evaluation.methods.network.WHOLE", 64 * 64)
    monkeypatch.setattr("evaluation.methods.network._TILE", 192)
    tiled = [network(picture) for picture in (large, small)]

    apart = np.abs(tiled[0].astype(int) - whole[1])
    assert 0 < apart.mean() < 1
    assert np.array_equal(tiled[1], whole[0])


@pytest.mark.slow
def test_a_network_holds_no_more_sizes_than_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = Network("mspfn-lite", device="cpu", backend="openvino", precision="fp32")
    monkeypatch.setattr("evaluation.methods.network.WHOLE", 3000)
    opened = []
    for height in (32, 40, 48, 32):
        network(a_clean(height, 32, seed=1))
        opened.append(network.derainer)

    assert opened[0] is opened[1]
    assert opened[1] is not opened[2]
    assert opened[2] is opened[3]
