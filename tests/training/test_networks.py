import pytest
import torch
from torch import Tensor

from model import build_network
from training.networks import compiled


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
