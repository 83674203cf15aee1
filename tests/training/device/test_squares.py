"""Squares that are cut by one gather are those that are cut one by one."""

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor

from training.device.squares import PictureStore, Square
from training.rain.pool import RainPool
from training.rain.sampling import host_generator


def one_by_one(pictures: list[Tensor], square: Square, size: int) -> Tensor:
    rows = slice(square.top, square.top + size)
    columns = slice(square.left, square.left + size)
    crop = pictures[square.picture][:, rows, columns]
    turned = torch.rot90(crop, square.turns, (1, 2))
    return turned.flip(2) if square.mirrored else turned


@pytest.mark.parametrize("kind", [torch.uint8, torch.float16])
def test_every_turn_and_mirror_of_a_square_lies_as_it_should(kind: torch.dtype) -> None:
    sizes = [(9, 14), (7, 7), (12, 8)]
    pictures = [torch.randint(0, 255, (3, *size)).to(kind) for size in sizes]
    store = PictureStore([*pictures], torch.device("cpu"))
    squares = [
        Square(picture=number, top=number, left=0, turns=turns, mirrored=mirrored)
        for number, turns, mirrored in itertools.product(
            (0, 2), range(4), (False, True)
        )
    ]
    squares.append(Square(picture=1, top=1, left=1, turns=3))

    cut = store.cut(squares, 6)

    assert cut.dtype == kind
    for square, made in zip(squares, cut, strict=True):
        assert torch.equal(made, one_by_one(pictures, square, 6)), square


def test_rain_is_cut_and_scaled_to_the_last_bit_as_one_by_one() -> None:
    shares = {"heavy": 1.0, "light": 1.0}
    pool = RainPool(shares, 3, 48, torch.Generator().manual_seed(4))
    state = pool._generator.get_state()

    cut = pool.crops(20, 32)

    again = torch.Generator()
    again.set_state(state)
    draws: Any = torch.rand((20, 5), generator=host_generator(again)).tolist()
    for draw, made in zip(draws, cut, strict=True):
        top, left = int(draw[1] * 17), int(draw[2] * 17)
        crop = pool.maps[int(draw[0] * 3), :, top : top + 32, left : left + 32]
        crop = crop.flip(2) if draw[3] < 0.5 else crop
        assert torch.equal(made, ((0.6 + 0.7 * draw[4]) * crop).float())
