import pytest
import torch

from benchmarks.network.bench_forms import forms_of
from model import load_network


@pytest.mark.slow
def test_every_other_form_of_the_network_gives_the_same() -> None:
    network, _ = load_network("mspfn-lite")
    picture = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(0))

    with torch.inference_mode():
        found = {name: form(picture) for name, form in forms_of(network).items()}

    assert len(found) == 4
    for name, clean in found.items():
        error = (clean - found["as_it_is"]).abs().max().item()
        assert error <= 1e-5, name
