"""A network whose sums are kernels of the training stays the same network."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from model import build_network
from model.mspfn.variant import Variant
from model.mspfn.variants import variant_named
from training.data.batches import Batches
from training.device import summed_network
from training.device.fused_prelu import with_fused_prelu
from training.device.summed_network import with_fused_sums
from training.errors import TrainingError
from training.loop import Trainer
from training.settings import TrainSettings


def small(model: str) -> Variant:
    """A network's form with one module, and few channels."""
    variant = variant_named(model)
    few = (8,) * variant.scales
    return replace(variant, modules=1, width=8, recurrent=few, recurrent_inputs=few)


@pytest.mark.parametrize("model", ["mspfn-lite", "mspfn-tiny-s2", "mspfn-model4"])
def test_it_makes_the_same_of_a_picture_where_pytorch_computes_it(model: str) -> None:
    torch.manual_seed(3)
    network = build_network(small(model))
    picture = torch.rand(1, 3, 32, 48)

    with torch.no_grad():
        before = network(picture)
        after = with_fused_sums(network)(picture)

    assert torch.equal(after, before)


def test_it_keeps_its_weights_and_their_order() -> None:
    network = build_network("mspfn-lite-m3")
    parameters = dict(network.named_parameters())
    names = list(network.state_dict())

    with_fused_prelu(with_fused_sums(network))

    assert list(network.state_dict()) == names
    assert list(dict(network.named_parameters())) == list(parameters)
    assert all(one is parameters[name] for name, one in network.named_parameters())


def test_every_sum_of_maps_is_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("added", "kept_and_added", "weighed"):
        work = noting(name, getattr(summed_network, name), asked)
        monkeypatch.setattr(summed_network, name, work)
    network = with_fused_sums(build_network(small("mspfn-lite")))

    with torch.no_grad():
        network(torch.rand(1, 3, 32, 32))

    fusions = 2  # the coarse one, and one of the fine fusion
    assert asked.count("kept_and_added") == fusions
    assert asked.count("added") == fusions * 4  # three scales', and what full scale saw
    assert asked.count("weighed") == 3


def noting(
    name: str, work: Callable[..., object], asked: list[str]
) -> Callable[..., object]:
    def noted(*arguments: object) -> object:
        asked.append(name)
        return work(*arguments)

    return noted


def test_the_processor_is_refused() -> None:
    with pytest.raises(TrainingError, match="fused_sums cannot be kept: "):
        Trainer(
            TrainSettings(fused_sums=True),
            Batches(torch.Generator(), clean=None, pool=None),
            torch.Generator(),
        )
