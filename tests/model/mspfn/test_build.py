"""Networks by name or form."""

import pytest
import torch
from torch import nn

from model import ModelError
from model.mspfn.build import build_network, parameter_count
from model.mspfn.network import MSPFN, LevelByLevel
from model.mspfn.video import VideoMSPFN


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mspfn-lite", MSPFN),
        ("mspfn-model4", LevelByLevel),
        ("mspfn-lite-video", VideoMSPFN),
    ],
)
def test_a_name_gives_the_network_of_its_form(name: str, kind: type[nn.Module]) -> None:
    with torch.device("meta"):
        assert type(build_network(name)) is kind


def test_a_name_that_there_is_not_is_refused() -> None:
    with pytest.raises(ModelError, match="no network has this name"):
        build_network("mspfn-huge")


def test_every_trained_number_is_counted_once() -> None:
    assert parameter_count(nn.Conv2d(2, 3, 3)) == 2 * 3 * 9 + 3
