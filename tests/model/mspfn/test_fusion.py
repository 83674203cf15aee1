"""How the scales speak to each other: from coarse to fine, and never back."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from model.mspfn.fusion import Climb, CoarseFusion, FineFusion, Reconstruction
from model.mspfn.variants import variant_named

TINY = replace(
    variant_named("mspfn-lite"),
    width=8,
    recurrent=(4, 4, 4),
    recurrent_inputs=(4, 4, 4),
    modules=1,
)
ONE_SCALE = replace(TINY, units=(1,), recurrent=(4,), recurrent_inputs=(4,))


def features(seed: int = 0) -> list[Tensor]:
    torch.manual_seed(seed)
    return [torch.randn(2, 8, 32 >> scale, 48 >> scale) for scale in range(3)]


def test_a_scale_is_brought_to_every_finer_one_step_by_step() -> None:
    torch.manual_seed(0)
    climb = Climb(TINY)
    x = torch.randn(1, 8, 5, 7)

    full, half = climb(x, 2)

    assert (full.shape, half.shape) == ((1, 8, 20, 28), (1, 8, 10, 14))
    assert torch.equal(half, climb.ups["2to1"](x))
    assert torch.equal(full, climb.ups["2to0"](half))
    assert climb(x, 0) == []


@pytest.mark.parametrize("kind", [CoarseFusion, FineFusion])
def test_what_a_finer_scale_shows_does_not_reach_a_coarser_one(
    kind: type[nn.Module],
) -> None:
    torch.manual_seed(0)
    fusion = kind(TINY)
    before = features()
    changed = [before[0] + 1, *before[1:]]

    one, other = fusion(before), fusion(changed)

    assert not torch.equal(one[0], other[0])
    assert torch.equal(one[1], other[1])
    assert torch.equal(one[2], other[2])


@pytest.mark.parametrize("kind", [CoarseFusion, FineFusion])
def test_what_the_coarsest_scale_shows_reaches_all(kind: type[nn.Module]) -> None:
    torch.manual_seed(0)
    fusion = kind(TINY)
    before = features()

    one, other = fusion(before), fusion([*before[:2], before[2] + 1])

    assert not any(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    assert [a.shape for a in one] == [b.shape for b in before]


def test_the_long_skip_adds_to_the_features_and_not_to_what_was_seen() -> None:
    torch.manual_seed(0)
    fusion = FineFusion(TINY)
    with torch.no_grad():
        for name, parameter in fusion.blocks[0].named_parameters():
            if name.startswith("up."):
                parameter.zero_()  # the block of the full scale finds nothing
    given = features()

    refined = fusion(given)

    torch.testing.assert_close(refined[0], given[0])


@pytest.mark.parametrize("variant", [TINY, ONE_SCALE, replace(TINY, unshuffle=2)])
def test_the_rain_is_a_picture_of_the_full_scale(variant: object) -> None:
    end = Reconstruction(variant)  # type: ignore[arg-type] # a variant
    scales = len(end.join)
    given = features()[:scales]

    rain = end(given, given)

    assert rain.shape == (2, 3, 32 * end.unshuffle, 48 * end.unshuffle)


def test_channels_become_squares_of_pixels_in_the_order_of_a_shuffle() -> None:
    end = Reconstruction(replace(ONE_SCALE, unshuffle=2))
    nn.init.zeros_(end.rain.weight)
    end.head = nn.Identity()  # type: ignore[assignment] # what comes in is what is seen
    end.rain = nn.Conv2d(8, 12, 1, bias=False)
    nn.init.zeros_(end.rain.weight)
    end.rain.weight.data[1, 0] = 1  # red, of the right upper pixel
    end.join[0] = nn.Identity()
    ones = torch.ones(1, 4, 3, 3)

    rain = end([ones], [ones])

    assert rain[0, 0, :2, :2].tolist() == [[0, 1], [0, 0]]
    assert rain[0, 1:].abs().max() == 0
