import pytest
import torch
from torch import Tensor

from model import build_network, load_network
from training import TrainingError, TrainSettings
from training.networks import compiled, starting_network


@pytest.mark.slow
@pytest.mark.compiled
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
def test_on_a_gpu_what_repeats_is_compiled_once_and_gives_the_same() -> None:
    torch.manual_seed(0)
    network = build_network("mspfn-lite")
    pictures = torch.rand(1, 3, 32, 32)
    expected = network(pictures)
    graphs = 0

    def count(graph: torch.fx.GraphModule, _: list[Tensor]) -> torch.fx.GraphModule:
        nonlocal graphs
        graphs += 1
        return graph

    made = compiled(network, torch.device("cuda"), backend=count)

    assert made is network
    assert torch.allclose(made(pictures), expected, atol=1e-6)
    assert graphs == 1


def test_a_network_with_a_memory_begins_from_the_weights_of_the_still_one() -> None:
    settings = TrainSettings(model="mspfn-tiny-video", begin_from="mspfn-tiny")
    picture = torch.rand(1, 3, 32, 32)

    network = starting_network(settings)

    still, _ = load_network("mspfn-tiny")
    assert torch.equal(network(picture), still(picture))
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_it_does_not_begin_from_those_of_another_network() -> None:
    settings = TrainSettings(model="mspfn-lite-video", begin_from="mspfn-tiny")

    with pytest.raises(TrainingError, match="holds mspfn-tiny; the model to train is"):
        starting_network(settings)
