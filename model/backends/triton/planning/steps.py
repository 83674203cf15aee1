"""The network's steps as launches: each takes tensors and returns new ones.

Tensors are [pictures, height, width, channels] in the order of memory. Where the device
captures a graph, its allocator gives later steps the memory of earlier ones.
"""

import torch
from torch import Tensor

from model.backends.triton.planning.launches import Constant, Launch, Launcher
from model.backends.triton.planning.pack import (
    PackedBlock,
    PackedConv,
    PackedGates,
    PackedUnit,
    PackedUp,
    room_for,
)

HIGH, WIDE = 8, 16
"""Pixels of a program, for convolutions."""
UP_HIGH, UP_WIDE = 8, 8
"""Half as many: four sums of each pixel are held at once."""
TILES_AT_ONCE = 64
_WARPS, _MANY_WARPS = 4, 8
"""Of a program; with 4 the gates' three sums spill registers on an A100."""


class Steps:
    """Makes the launches and their results' memory."""

    def __init__(self, launch: Launcher, *, boxed: bool = False) -> None:
        """Launches nothing yet.

        Args:
            launch: Starts a kernel, or notes it.
            boxed: The copy engine brings the inputs, where a kernel can do with it.
        """
        self._launch, self._boxed = launch, boxed

    def halve(self, picture: Tensor) -> Tensor:
        """Returns the next level of the Gaussian pyramid; sides are even."""
        batch, height, width, channels = picture.shape
        made = picture.new_empty(batch, height // 2, width // 2, channels)
        self._start(
            "halve",
            made,
            {"x": picture, "y": made},
            {"in_h": height, "in_w": width},
            {},
        )
        return made

    def convolve(
        self,
        conv: PackedConv,
        x: Tensor,
        second: Tensor | None = None,
        *,
        add_to: Tensor | None = None,
        sign: int = 1,
    ) -> Tensor:
        """Returns the convolution, added to another tensor or taken from it."""
        return self._convolved(conv, x, second, add_to, sign, None)

    def gate(self, gates: PackedGates, x: Tensor) -> Tensor:
        """Returns the output of a Conv-LSTM's first step."""
        batch, height, width, inputs = x.shape
        made = x.new_empty(batch, height, width, gates.bias.shape[1])
        self._start(
            "gate_boxed" if self._boxed else "gate",
            made,
            {"x": x, "w": gates.weights, "bias": gates.bias, "y": made},
            {"height": height, "width": width},
            {"IN": inputs, "OUT": made.shape[3]},
            warps=_MANY_WARPS,
            boxes={"x": _box(x)} if self._boxed else None,
        )
        return made

    def upsample(
        self,
        up: PackedUp,
        x: Tensor,
        second: Tensor | None = None,
        *,
        attended: tuple[Tensor, Tensor] | None = None,
        add_to: Tensor | None = None,
        raw: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """Returns the doubled features, added to `add_to` if given, and without it.

        Args:
            up: The weights.
            x: The input, or its first half.
            second: The other half.
            attended: Added to `x` before: features, and the share of each channel.
            add_to: The result is added to it.
            raw: The result without the sum is wanted, too; else both are the same.
        """
        batch, height, width, _ = x.shape
        made = x.new_empty(batch, 2 * height, 2 * width, up.outputs)
        plain = torch.empty_like(made) if raw else made
        extra, share = attended or (x, x)
        tensors = {
            "x1": x,
            "extra": extra,
            "share": share,
            "x2": x if second is None else second,
            "w": up.weights,
            "slope": up.slope,
            "res": made if add_to is None else add_to,
            "y": made,
            "raw": plain,
        }
        constants: dict[str, Constant] = {
            "IN1": up.inputs,
            "IN2": up.second,
            "OUT": up.outputs,
            "EXTRA": attended is not None,
            "RES": add_to is not None,
            "RAW": raw,
        }
        sizes = {"height": height, "width": width}
        self._start("upsample", x, tensors, sizes, constants, (UP_HIGH, UP_WIDE))
        return made, plain

    def climb(
        self, ups: tuple[PackedUp, PackedUp], xs: tuple[Tensor, Tensor], add_to: Tensor
    ) -> Tensor:
        """Returns both inputs doubled, each by its own weights, added to `add_to`."""
        _, height, width, inputs = xs[0].shape
        made = torch.empty_like(add_to)
        tensors = {
            "x1": xs[0],
            "x2": xs[1],
            "w1": ups[0].weights,
            "w2": ups[1].weights,
            "slope1": ups[0].slope,
            "slope2": ups[1].slope,
            "res": add_to,
            "y": made,
        }
        constants: dict[str, Constant] = {"IN": inputs, "OUT": ups[0].outputs}
        sizes = {"height": height, "width": width}
        self._start(
            "climb",
            xs[0],
            tensors,
            sizes,
            constants,
            (UP_HIGH, UP_WIDE),
            warps=_MANY_WARPS,
        )
        return made

    def block(self, block: PackedBlock, seen: Tensor, features: Tensor) -> Tensor:
        """Returns the block's result for `seen`, added to the features."""
        skips = [seen]
        for down in block.down:
            skips.append(self.convolve(down, skips[-1]))
        x = skips.pop()
        attended: tuple[Tensor, Tensor] | None = self.unit(block.unit, x)
        skip = x
        for number, up in enumerate(block.up, start=1):
            add_to = features if number == len(block.up) else None
            x = self.upsample(up, x, skip, attended=attended, add_to=add_to)[0]
            attended, skip = None, skips.pop()
        return x

    def unit(self, unit: PackedUnit, x: Tensor) -> tuple[Tensor, Tensor]:
        """Returns what the unit adds to `x`: features, and each channel's share."""
        batch, height, width, channels = x.shape
        tiles = -(-height // HIGH) * -(-width // WIDE)
        sums = x.new_empty(batch, tiles, channels, dtype=torch.float32)
        inner = self.convolve(unit.first, x)
        found = self._convolved(unit.second, inner, None, None, 1, sums)
        share = x.new_empty(batch, channels, dtype=torch.float32)
        tensors = {
            "sums": sums,
            "squeeze": unit.squeeze,
            "squeeze_bias": unit.squeeze_bias,
            "slope": unit.slope,
            "excite": unit.excite,
            "excite_bias": unit.excite_bias,
            "share": share,
        }
        self._launch(
            Launch(
                kernel="weigh",
                grid=(batch, 1),
                tensors=tensors,
                sizes={"tiles": tiles, "pixels": height * width},
                constants={
                    "WIDTH": channels,
                    "SMALL": unit.slope.shape[0],
                    "AT_ONCE": TILES_AT_ONCE,
                },
            )
        )
        return found, share

    def _convolved(
        self,
        conv: PackedConv,
        x: Tensor,
        second: Tensor | None,
        add_to: Tensor | None,
        sign: int,
        sums: Tensor | None,
    ) -> Tensor:
        batch, height, width, _ = x.shape
        step = conv.stride
        made = x.new_empty(batch, -(-height // step), -(-width // step), conv.outputs)
        tensors = {
            "x1": x,
            "x2": x if second is None else second,
            "w": conv.weights,
            "bias": conv.weights if conv.bias is None else conv.bias,
            "slope": conv.weights if conv.slope is None else conv.slope,
            "res": made if add_to is None else add_to,
            "y": made,
            "sums": made if sums is None else sums,
        }
        boxed = self._boxed and step == 1 and conv.room == conv.inputs
        inputs: dict[str, Constant] = {"IN1": conv.inputs, "IN2": conv.second}
        if not boxed:
            inputs = {"HAS1": conv.inputs, "ROOM1": conv.room, "ROOM2": conv.second}
        constants: dict[str, Constant] = {
            **inputs,
            "HAS": conv.outputs,
            "OUT": room_for(conv.outputs),
            **({} if boxed else {"STRIDE": step}),
            "BIAS": conv.bias is not None,
            "PRELU": conv.slope is not None,
            "SIGN": 0 if add_to is None else sign,
            "SUMS": sums is not None,
        }
        if boxed:
            sizes = {"height": height, "width": width}
            boxes = {name: _box(tensors[name]) for name in ("x1", "x2")}
            self._start("convolve_boxed", made, tensors, sizes, constants, boxes=boxes)
            return made
        sizes = {
            "in_h": height,
            "in_w": width,
            "out_h": made.shape[1],
            "out_w": made.shape[2],
        }
        self._start("convolve", made, tensors, sizes, constants)
        return made

    def _start(
        self,
        kernel: str,
        over: Tensor,
        tensors: dict[str, Tensor],
        sizes: dict[str, int],
        constants: dict[str, Constant],
        tile: tuple[int, int] = (HIGH, WIDE),
        *,
        warps: int = _WARPS,
        boxes: dict[str, tuple[int, ...]] | None = None,
    ) -> None:
        """Launches one program for each tile of `over`."""
        batch, height, width, _ = over.shape
        tiles = -(-height // tile[0]) * -(-width // tile[1])
        self._launch(
            Launch(
                kernel=kernel,
                grid=(tiles, batch),
                tensors=tensors,
                sizes=sizes,
                constants={**constants, "HIGH": tile[0], "WIDE": tile[1]},
                warps=warps,
                boxes=boxes or {},
            )
        )


def _box(x: Tensor) -> tuple[int, ...]:
    """Returns the sides of a window: a picture's tile with all its channels."""
    return (1, HIGH, WIDE, x.shape[3])
