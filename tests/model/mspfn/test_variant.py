"""What follows from the form of a network."""

from dataclasses import replace

import pytest

from model import ModelError
from model.mspfn.variant import check_no_memory
from model.mspfn.variants import variant_named


@pytest.mark.parametrize(
    ("name", "still"),
    [
        ("mspfn-lite-video", "mspfn-lite"),
        ("mspfn-tiny-video-states", "mspfn-tiny"),
        ("mspfn-lite", "mspfn-lite"),
    ],
)
def test_a_network_with_a_memory_knows_the_still_one(name: str, still: str) -> None:
    assert variant_named(name).still == still


def test_the_output_before_enters_as_channels_of_its_own() -> None:
    video = variant_named("mspfn-tiny-video")

    assert video.looks_at == 2 * replace(video, sees_last=False).looks_at == 24


def test_a_network_with_a_memory_is_refused_where_none_is_kept() -> None:
    check_no_memory(variant_named("mspfn-lite"))

    with pytest.raises(ModelError, match="mspfn-lite-video has a memory"):
        check_no_memory(variant_named("mspfn-lite-video"))
