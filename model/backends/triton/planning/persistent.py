"""A module's work at a coarse scale as one launch instead of seven or eight.

Its programs are on the card all at once and meet between layers, at a counter of the
launch's own. They need not be as many as there are tiles.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from model.backends.triton.planning.launches import Launch, Launcher
from model.backends.triton.planning.pack import PackedBlock, PackedUp
from model.backends.triton.planning.steps import (
    HIGH,
    TILES_AT_ONCE,
    UP_HIGH,
    UP_WIDE,
    WIDE,
)
from model.errors import ModelError

PER_MULTIPROCESSOR = 2
"""Programs of four warps: 255 registers for each of their threads fit twice into the
65,536 that every card from Ampere on has."""
_APART = 32
"""Numbers from counter to counter: each has a line of the cache of its own."""
_TILES = {
    "AT_ONCE": TILES_AT_ONCE,
    "HIGH": HIGH,
    "WIDE": WIDE,
    "UP_HIGH": UP_HIGH,
    "UP_WIDE": UP_WIDE,
}
_DEEP = 2
"""Strides of a block that the kernel knows."""


class PersistentBlocks:
    """Makes the launches of one forward pass, and their results' memory."""

    def __init__(
        self, launch: Launcher, programs: int, like: Tensor, count: int
    ) -> None:
        """Clears the counters: a launch more, if there is any block.

        Args:
            launch: Starts a kernel, or notes it.
            programs: How many are on the card at once.
            like: A tensor of the device.
            count: Blocks that will be asked for.
        """
        self._launch, self._programs = launch, programs
        self._counters: Iterator[Tensor] = iter(())
        if count:
            rows = like.new_zeros(count, _APART, dtype=torch.int32)
            self._counters = iter(rows.unbind())

    def block(self, block: PackedBlock, features: Tensor) -> Tensor:
        """Returns the block's result for the features, added to them."""
        return self._started(block, features, features, None)

    def climbed(
        self, block: PackedBlock, features: Tensor, up: PackedUp, below: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Lets what a coarser scale found come up before; returns that, too.

        Args:
            block: The weights.
            features: Those of this scale, [batch, height, width, channels].
            up: How the coarser scale comes up.
            below: What it found, of half the height and width.
        """
        seen, raw = torch.empty_like(features), torch.empty_like(features)
        made = self._started(block, features, seen, (up, below, raw))
        return made, raw

    def _started(
        self,
        block: PackedBlock,
        features: Tensor,
        seen: Tensor,
        climb: tuple[PackedUp, Tensor, Tensor] | None,
    ) -> Tensor:
        batch, height, width, channels = features.shape
        if len(block.down) != _DEEP or height % 4 or width % 4:
            raise ModelError(
                f"A block in one launch has {_DEEP} strides and maps in multiples of "
                f"4; got {len(block.down)} and {width}x{height}."
            )
        rooms = _rooms(features)
        up, below, raw = climb or (block.up[0], seen, seen)
        tensors = {
            "features": features,
            "below": below,
            "climb_w": up.weights,
            "climb_slope": up.slope,
            "seen": seen,
            "raw": raw,
            **_weights(block),
            **rooms,
            "arrived": next(self._counters),
        }
        self._launch(
            Launch(
                kernel="block",
                grid=(min(self._programs, _most_tiles(features)), 1),
                tensors=tensors,
                sizes={"batch": batch, "height": height, "width": width},
                constants={
                    "WIDTH": channels,
                    "SMALL": block.unit.slope.shape[0],
                    "CLIMB": climb is not None,
                    **_TILES,
                },
                cooperative=True,
            )
        )
        return rooms["y"]


def _weights(block: PackedBlock) -> dict[str, Tensor]:
    """Returns a block's weights by the kernel's names."""
    found: dict[str, Tensor] = {}
    for number, (down, up) in enumerate(zip(block.down, block.up, strict=True), 1):
        found[f"down{number}_w"] = down.weights
        found[f"down{number}_slope"] = _given(down.slope)
        found[f"up{number}_w"], found[f"up{number}_slope"] = up.weights, up.slope
    unit = block.unit
    return {
        **found,
        "first_w": unit.first.weights,
        "first_bias": _given(unit.first.bias),
        "first_slope": _given(unit.first.slope),
        "second_w": unit.second.weights,
        "second_bias": _given(unit.second.bias),
        "squeeze": unit.squeeze,
        "squeeze_bias": unit.squeeze_bias,
        "squeeze_slope": unit.slope,
        "excite": unit.excite,
        "excite_bias": unit.excite_bias,
    }


def _given(it: Tensor | None) -> Tensor:
    if it is None:
        raise ModelError("A block in one launch has biases and slopes; one is missing.")
    return it


def _rooms(features: Tensor) -> dict[str, Tensor]:
    """Returns memory for what the layers leave, by the kernel's names."""
    batch, height, width, channels = features.shape
    half = (batch, height // 2, width // 2, channels)
    low = (batch, height // 4, width // 4, channels)
    tiles = _tiles(*low[1:3], HIGH, WIDE)
    return {
        "middle": features.new_empty(half),
        **{name: features.new_empty(low) for name in ("bottom", "inner", "found")},
        "sums": features.new_empty(batch, tiles, channels, dtype=torch.float32),
        "share": features.new_empty(batch, channels, dtype=torch.float32),
        "raised": features.new_empty(half),
        "y": torch.empty_like(features),
    }


def _most_tiles(features: Tensor) -> int:
    """Returns the tiles of the layer that has most: more programs had nothing to do."""
    batch, height, width, _ = features.shape
    half = height // 2, width // 2
    most = max(_tiles(*half, HIGH, WIDE), _tiles(*half, UP_HIGH, UP_WIDE))
    return batch * most


def _tiles(height: int, width: int, high: int, wide: int) -> int:
    return -(-height // high) * -(-width // wide)
