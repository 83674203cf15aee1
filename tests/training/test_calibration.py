import pytest
import torch

from model import build_network
from model.mspfn.variant import Variant
from model.quantisation import QuantParams
from training.calibration import Seen, best_params, found_params, rainy_pictures

_SMALL = Variant(
    name="small",
    modules=1,
    units=(1, 1, 1),
    width=8,
    recurrent=(8, 8, 8),
    recurrent_inputs=(8, 8, 8),
    strides=1,
)


def seen(values: torch.Tensor, *, signed: bool = False) -> Seen:
    return Seen(values=values, weight=torch.ones(len(values)), signed=signed)


def lost(values: torch.Tensor, steps: QuantParams) -> float:
    own = torch.tensor(steps.scales)[:, None]
    counts = (values / own).round().clamp(steps.lowest, steps.highest)
    return float((counts * own - values).square().mean())


def test_each_channel_gets_a_step_after_what_it_holds() -> None:
    values = torch.randn(2, 4000, generator=torch.Generator().manual_seed(0)).abs()
    values[1] *= 100

    steps = best_params(seen(values))

    assert steps.zero_point == 0
    assert steps.scales[1] / steps.scales[0] == pytest.approx(100, rel=0.3)


def test_a_rare_peak_is_clipped_for_the_sake_of_the_rest() -> None:
    values = torch.rand(1, 100_000, generator=torch.Generator().manual_seed(0))
    values[0, 0] = 1.6

    steps = best_params(seen(values))

    assert steps.scales[0] < 1.6 / 255
    assert lost(values, steps) < lost(
        values, QuantParams(zero_point=0, scales=(1.6 / 255,))
    )


def test_little_below_zero_takes_few_of_the_counts() -> None:
    values = torch.randn(4, 4000, generator=torch.Generator().manual_seed(0))
    values = torch.where(values < 0, 0.05 * values, values)

    steps = best_params(seen(values))

    assert steps.zero_point is not None
    assert 4 <= steps.zero_point <= 24
    assert lost(values, steps) < lost(values, best_params(seen(values, signed=True)))


def test_a_channel_of_nothing_is_no_error() -> None:
    steps = best_params(seen(torch.zeros(1, 10)))

    assert steps.scales[0] > 0


@pytest.mark.slow
def test_every_convolution_of_a_network_is_found_and_none_is_watched_after() -> None:
    torch.manual_seed(0)
    network = build_network(_SMALL).eval()
    pictures = rainy_pictures(torch.rand(3, 3, 64, 64))

    found = found_params(network, pictures)

    assert "coarse.units.0.cell" in found
    assert not any("squeeze" in name for name in found)  # means over the picture
    assert found["fine.0.climb.ups.1to0.conv"].zero_point is None
    assert len(found["fine.0.blocks.0.up.0.conv"].scales) == 16
    assert not any(module._forward_pre_hooks for module in network.modules())
