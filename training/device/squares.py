"""Squares cut out of many pictures at once, by one gather.

Cut one by one, each costs a GPU several launches, and a batch of 80 hundreds. Turned
and mirrored, a square still lies evenly in memory: four numbers say where.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

_TURNS = (
    (0, 0, 1, 0, 0, 1),
    (0, 1, 0, 1, -1, 0),
    (1, 1, -1, 0, 0, -1),
    (1, 0, 0, -1, 1, 0),
)
"""For each quarter turn: whether row and column begin at the far end, and by how much
row and column of the picture grow with those of the turned square: row with its row,
row with its column, column with its row, column with its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """Where a square is cut, and how it is laid."""

    picture: int
    top: int
    left: int
    turns: int = 0
    """Quarter turns counter-clockwise, as `torch.rot90` makes them."""
    mirrored: bool = False
    """Left and right are swapped, after the turn."""


class PictureStore:
    """Pictures of any size, in one piece of memory on a device."""

    def __init__(self, pictures: list[Tensor], device: torch.device) -> None:
        """Takes pictures [channels, height, width] of one type out of the list."""
        self.sizes = [(p.shape[1], p.shape[2]) for p in pictures]
        """Height and width of each."""
        self._channels = pictures[0].shape[0]
        counts = [picture.numel() for picture in pictures]
        self._begins = [sum(counts[:number]) for number in range(len(counts))]
        kind = pictures[0].dtype
        self._flat = torch.empty(sum(counts), dtype=kind, device=device)
        for begin, count in zip(self._begins, counts, strict=True):
            # Freed one by one: they may be most of the machine's memory.
            self._flat[begin : begin + count] = pictures.pop(0).reshape(-1).to(device)

    def cut(self, squares: Sequence[Square], size: int) -> Tensor:
        """Returns [squares, channels, size, size] of the pictures' type."""
        places = [
            place_of(square, size, self.sizes[square.picture], self._begins)
            for square in squares
        ]
        return gathered(self._flat, places, self._channels, size)


Place = tuple[int, int, int, int]
"""Of a square: where it begins, and steps to its next row, column and channel."""


def place_of(
    square: Square, size: int, shape: tuple[int, int], begins: Sequence[int]
) -> Place:
    """Returns where a square lies.

    Args:
        square: To be cut.
        size: Its height and width.
        shape: Height and width of its picture.
        begins: Where each picture begins.
    """
    height, width = shape
    far_row, far_column, down, aside, over, across = _TURNS[square.turns]
    row_step, column_step = down * width + over, aside * width + across
    row = square.top + far_row * (size - 1)
    column = square.left + far_column * (size - 1)
    start = begins[square.picture] + row * width + column
    if square.mirrored:
        start, column_step = start + (size - 1) * column_step, -column_step
    return start, row_step, column_step, height * width


def gathered(flat: Tensor, places: Sequence[Place], channels: int, size: int) -> Tensor:
    """Returns [places, channels, size, size] out of one piece of memory.

    The host hands over four numbers for each square and waits for nothing.
    """
    numbers = torch.tensor(places, dtype=torch.int64)
    if flat.is_cuda:
        numbers = numbers.pin_memory().to(flat.device, non_blocking=True)
    start, down, across, deeper = (part[:, None, None, None] for part in numbers.T)
    line = torch.arange(size, device=flat.device)
    depth = torch.arange(channels, device=flat.device)[:, None, None]
    index = (start + deeper * depth) + (down * line[:, None] + across * line)
    return flat[index]
