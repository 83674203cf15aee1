"""MSPFN with the sums of its fusions and attention units in kernels of the training.

The modules that add are replaced by others over the same parts: weights, their names
and their order stay the network's.
"""

import torch
from torch import Tensor, nn

from model.mspfn.attention import Block, ChannelAttentionUnit
from model.mspfn.conv_lstm import ResidualRecurrentUnit
from model.mspfn.fusion import CoarseFusion, FineFusion
from model.mspfn.layers import Conv, Features, Scales, Up
from training.device.fused_sums import Activation, added, kept_and_added, weighed


def with_fused_sums(network: nn.Module) -> nn.Module:
    """Lets a network's sums be computed by the kernels; its weights stay its own."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is ChannelAttentionUnit:
                setattr(parent, name, _Unit(child))
            elif isinstance(child, CoarseFusion):
                setattr(parent, name, _Fusion(child.climb.ups, units=child.units))
            elif isinstance(child, FineFusion):
                setattr(parent, name, _Fusion(child.climb.ups, blocks=child.blocks))
    return network


class _Unit(ChannelAttentionUnit):
    """An attention unit that adds by kernels."""

    def __init__(self, of: ChannelAttentionUnit) -> None:
        nn.Module.__init__(self)
        for name, child in of.named_children():
            self.add_module(name, child)

    def forward(self, x: Features) -> Features:
        """Returns features of the shape of `x`."""
        return weighed(x, self.second(self.act(self.first(x))), self._weight)

    def _weight(self, mean: Tensor) -> Tensor:
        return torch.sigmoid(self.excite(self.squeeze_act(self.squeeze(mean))))


class _Later(nn.PReLU):
    """A PReLU that is left to the sum behind it."""

    def __init__(self, act: nn.PReLU) -> None:
        super().__init__(act.num_parameters)
        self.weight = act.weight

    def forward(self, x: Tensor) -> Tensor:
        """Returns `x` as it is."""
        return x


class _Ups(nn.Module):
    """The doublings of a fusion, under the names they have in `Climb`."""

    def __init__(self, ups: nn.ModuleDict) -> None:
        super().__init__()
        self.ups = ups


class _Fusion(nn.Module):
    """Coarse or fine fusion, which differ in the parts at their scales alone."""

    def __init__(self, ups: nn.ModuleDict, **parts: nn.ModuleList) -> None:
        super().__init__()
        [(name, at_scales)] = parts.items()
        self.climb = _Ups(ups)
        self.add_module(name, at_scales)
        self._ups = {name: up for name, up in ups.items() if isinstance(up, Up)}
        self._parts = list(at_scales)
        self._ends = [_last_layer(part) for part in at_scales]
        for layer in (*self._ups.values(), *self._ends):
            if layer is not None:
                layer.act = _Later(layer.act)

    def forward(self, features: Scales) -> Scales:
        """Returns what the fusion makes of the features of each scale."""
        seen, found = list(features), list(features)
        waiting: list[Activation] = []  # full scale's: nothing climbs on from there
        for scale in reversed(range(len(features))):
            if scale == 0:
                seen[0] = _all_added(seen[0], waiting)
            found[scale] = self._refined(scale, features[scale], seen[scale])
            self._climb(found[scale], scale, seen, waiting)
        return found

    def _refined(self, scale: int, own: Tensor, seen: Tensor) -> Tensor:
        x, end = self._parts[scale](seen), self._ends[scale]
        return own + x if end is None else added(own, (x, end.act.weight))

    def _climb(
        self, x: Tensor, source: int, seen: Scales, waiting: list[Activation]
    ) -> None:
        """Adds a scale's features to what finer ones see."""
        for target in reversed(range(source)):
            up = self._ups[f"{source}to{target}"]
            before = (up(x), up.act.weight)
            if target:
                x, seen[target] = kept_and_added(seen[target], before)
            else:
                waiting.append(before)


def _all_added(skip: Tensor, waiting: list[Activation]) -> Tensor:
    for number in range(0, len(waiting), 2):
        skip = added(skip, *waiting[number : number + 2])
    return skip


def _last_layer(part: nn.Module) -> Conv | Up | None:
    """Returns the layer whose PReLU a scale's part ends with; None if there is none."""
    if isinstance(part, ResidualRecurrentUnit):
        return part.after
    last = part.up[-1] if isinstance(part, Block) and len(part.up) else None
    return last if isinstance(last, Up) else None
