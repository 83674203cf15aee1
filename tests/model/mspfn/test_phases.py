import pytest
import torch

from model import VARIANTS, build_network
from model.mspfn.phases import apart, phased, together


@pytest.mark.parametrize("name", ["mspfn-lite", "mspfn-tiny", "mspfn-tiny-s2"])
def test_a_network_in_phases_computes_the_same(name: str) -> None:
    torch.manual_seed(0)
    network = build_network(name).eval().requires_grad_(False)
    picture = torch.rand(1, 3, 40, 56)

    found = phased(network)(picture)

    torch.testing.assert_close(found, network(picture), atol=2e-6, rtol=0)


def test_a_network_whose_blocks_halve_once_computes_the_same_in_phases() -> None:
    torch.manual_seed(0)
    network = build_network("mspfn-model5").eval().requires_grad_(False)
    picture = torch.rand(1, 3, 16, 24)

    found = phased(network)(picture)

    torch.testing.assert_close(found, network(picture), atol=2e-6, rtol=0)


def test_the_network_itself_stays_as_it_was() -> None:
    network = build_network("mspfn-tiny").eval().requires_grad_(False)
    names = [name for name, _ in network.named_parameters()]

    phased(network)

    assert [name for name, _ in network.named_parameters()] == names


def test_forms_without_phases_are_refused() -> None:
    assert not VARIANTS["mspfn-release"].has_phases
    assert not VARIANTS["mspfn-model3"].has_phases
    assert not VARIANTS["mspfn-model4"].has_phases
    with pytest.raises(ValueError, match="Conv2d has no form in phases"):
        phased(torch.nn.Conv2d(3, 3, 3))


def test_phases_laid_together_are_the_map_again() -> None:
    whole = torch.rand(2, 5, 6, 8)

    maps = apart(whole)

    assert [tuple(one.shape) for one in maps] == 4 * [(2, 5, 3, 4)]
    torch.testing.assert_close(together(torch.cat(maps, 1)), whole, atol=0, rtol=0)
