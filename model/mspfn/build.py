"""Networks of the family by name or form, before any weights."""

from collections.abc import Callable

from torch import nn

from model.mspfn.conv_lstm import ConvLSTM
from model.mspfn.network import MSPFN, LevelByLevel
from model.mspfn.variant import Variant
from model.mspfn.variants import DEFAULT_MODEL, variant_named
from model.mspfn.video import VideoMSPFN


def build_network(
    model: str | Variant = DEFAULT_MODEL, *, full_cell: bool = False
) -> nn.Module:
    """Returns an untrained network; it maps RGB [batch, 3, height, width] in [0, 1].

    Args:
        model: A variant or its name.
        full_cell: Compute the whole Conv-LSTM, its dead half included. The output is
            the same; it is there to be measured against.

    Raises:
        ModelError: There is no model of that name.
    """
    variant = variant_named(model) if isinstance(model, str) else model
    network = _class_of(variant)(variant)
    for module in network.modules():
        if isinstance(module, ConvLSTM):
            module.full = full_cell
    return network


def parameter_count(network: nn.Module) -> int:
    """Returns the number of trained numbers, the full Conv-LSTM's included."""
    return sum(parameter.numel() for parameter in network.parameters())


def _class_of(variant: Variant) -> Callable[[Variant], nn.Module]:
    if variant.fusion != "progressive":
        return LevelByLevel
    return VideoMSPFN if variant.memory else MSPFN
