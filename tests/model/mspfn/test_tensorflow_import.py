import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from model import ModelError, build_network, load_network, write_weights
from model.mspfn.tensorflow_import import read_checkpoint, translate

SHARED = Path(__file__).parents[4] / "shared" / "reference"


def derain(network: torch.nn.Module, bgr: np.ndarray) -> np.ndarray:
    """What our network makes of the graph's input: NHWC, BGR in [-1, 1]."""
    rgb = (torch.from_numpy(bgr).permute(0, 3, 1, 2).flip(1) + 1) / 2
    with torch.inference_mode():
        derained = network(rgb)
    return (derained * 2 - 1).flip(1).permute(0, 2, 3, 1).numpy()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scope", "block", "units", "modules"),
    [
        ("generator", "BCM", {"": 1, "2": 1, "4": 1}, 2),
        ("generator", "URAB", {"": 3, "2": 3, "4": 1}, 1),
        ("model", "URAB", {"": 3, "2": 3, "4": 1}, 2),
    ],
)
def test_an_imported_checkpoint_gives_what_its_graph_gives(
    tmp_path: Path, scope: str, block: str, units: dict[str, int], modules: int
) -> None:
    from tests.support.networks.authors_graph import AuthorsGraph

    graph = AuthorsGraph(modules, units, scope, block)
    picture = np.random.default_rng(1).uniform(-1, 1, (1, 16, 24, 3))
    expected = graph(picture.astype(np.float32))
    graph.save(tmp_path / "epoch50")

    variant, weights = translate(read_checkpoint(tmp_path / "epoch50"))
    write_weights(tmp_path / "it.safetensors", weights, {"model": variant.name})
    network, _ = load_network(tmp_path / "it.safetensors")

    assert variant.units == (units[""], units["2"], units["4"])
    assert np.abs(expected - picture).max() > 0.1
    difference = derain(network, picture.astype(np.float32)) - expected
    assert np.abs(difference).max() <= 1e-5 * max(1, np.abs(expected).max())


@pytest.mark.slow
@pytest.mark.shared
def test_the_output_of_the_authors_graph_is_met_everywhere() -> None:
    variables = read_checkpoint(SHARED / "official_m1")
    known = np.load(SHARED / "official_m1_io.npz")

    variant, weights = translate(variables)
    network = build_network(variant)
    network.load_state_dict(weights)

    assert np.abs(derain(network.eval(), known["x"]) - known["y"]).max() <= 1e-5


def test_a_checkpoint_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"found no epoch50\.index"):
        read_checkpoint(tmp_path / "epoch50")


def test_variables_of_another_graph_are_refused() -> None:
    with pytest.raises(ModelError, match=r"do not fit: no "):
        translate({"generator/rnn1/weight": np.zeros((3, 3, 64, 3), np.float32)})


def test_without_tensorflow_one_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "epoch50.index").touch()
    monkeypatch.setitem(sys.modules, "tensorflow", None)

    with pytest.raises(ModelError, match=r"pip install 'derain\[tf\]'") as caught:
        read_checkpoint(tmp_path / "epoch50")

    assert "\n" not in str(caught.value)
