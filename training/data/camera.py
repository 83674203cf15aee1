"""A camera that moves over still pictures: frames of a scene, and how each follows.

The motion of video is pan, zoom and turn, by parts of pixels too. It is known here, so
that training needs no optical flow; what flow gets wrong is drawn beside it.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from training.rain.sampling import column, uniform

Pictures = Float[Tensor, "batch 3 _ _"]
Frames = Float[Tensor, "frames batch 3 height width"]
Places = Float[Tensor, "frames batch height width 2"]
Known = Float[Tensor, "frames batch 1 height width"]
Values = Float[Tensor, "frames batch"]

_STILL = 0.2
"""Share of cameras that stand still."""
_SHAKE = 0.3
"""Standard deviation of a hand's shake, in pixels, of cameras that do not."""
_ZOOM = 0.006
"""Standard deviation of the zoom from frame to frame, as a part."""
_TURN = math.radians(0.25)
"""Standard deviation of the turn from frame to frame."""
_COARSE = 5
"""Errors of flow are smooth: drawn on so many places to a side."""
_LARGE, _LOST = 0.15, 0.06
"""Shares of frames with large errors, and of places that no flow finds."""


@dataclass(frozen=True, slots=True)
class Path:
    """Of each frame: how its pixels lie in the still picture, from both middles.

    A pixel at p is the picture's place zoom * R(turn) p + (x, y), in pixels.
    """

    zoom: Values
    turn: Values
    x: Values
    y: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """How many frames it takes of a scene, and how fast it may pan."""

    frames: int
    fastest: float
    """Pixels from frame to frame."""

    def margin(self) -> int:
        """Pixels that a picture should have more to each side than its frames."""
        return math.ceil(self.fastest * (self.frames - 1) / 2) + 4

    def path(self, count: int, generator: torch.Generator) -> Path:
        """Returns the ways of so many cameras; a part of them stands still."""
        steady = self.frames, count
        time = torch.arange(self.frames, device=generator.device) - self._middle
        moves = (uniform(0, 1, count, generator) >= _STILL).float()
        speed = self.fastest * uniform(0, 1, count, generator) ** 2 * moves
        way = uniform(0, 2 * math.pi, count, generator)
        shake = _SHAKE * moves * _normal((2, *steady), generator)
        zoom = _ZOOM * moves * _normal((count,), generator)
        turn = _TURN * moves * _normal((count,), generator)
        return Path(
            zoom=torch.exp(time[:, None] * zoom),
            turn=time[:, None] * turn,
            x=time[:, None] * speed * torch.cos(way) + shake[0],
            y=time[:, None] * speed * torch.sin(way) + shake[1],
        )

    @property
    def _middle(self) -> float:
        return (self.frames - 1) / 2


def taken(pictures: Pictures, path: Path, size: int) -> Frames:
    """Returns squares of so many pixels along the path, RGB in [0, 1].

    What lies beyond a picture is its reflection, which moves with it.
    """
    frames, count = path.x.shape
    grid = _pixels(size, pictures)
    x, y = _turned(grid, path.zoom, path.turn)
    x, y = x + _spread(path.x), y + _spread(path.y)
    places = torch.stack([x / pictures.shape[3], y / pictures.shape[2]], -1) * 2
    repeated = pictures.expand(frames, *pictures.shape).flatten(0, 1)
    seen = F.grid_sample(
        repeated,
        places.flatten(0, 1),
        mode="bicubic",
        padding_mode="reflection",
        align_corners=False,
    )
    return seen.clamp(0, 1).reshape(frames, count, -1, size, size)


def followed(path: Path, size: int) -> tuple[Places, Known]:
    """Returns where each pixel was in the frame before, and whether it was there.

    In pixels from the upper left one. The first frame, before which none is, is taken
    to have stood still.
    """
    zoom, turn, x, y = (_before(value) for value in _values(path))
    grid = _pixels(size, path.x)
    here_x, here_y = _turned(grid, path.zoom, path.turn)
    dx, dy = here_x + _spread(path.x - x), here_y + _spread(path.y - y)
    there_x, there_y = _rotated(dx, dy, _spread(-turn))
    middle = (size - 1) / 2
    places = torch.stack(
        [there_x / _spread(zoom) + middle, there_y / _spread(zoom) + middle], -1
    )
    return places, inside(places, size)


def inside(places: Places, size: int) -> Known:
    """Returns 1 for places within a square, 0 for others."""
    held = ((places >= 0) & (places <= size - 1)).all(-1)
    return held[:, :, None].float()


def misjudged(
    places: Places, known: Known, generator: torch.Generator
) -> tuple[Places, Known]:
    """Returns places as optical flow would find them, and where it finds any.

    Mostly off by some tenths of a pixel, at times by several; evenly in the small.
    """
    frames, count, size = places.shape[:3]
    every = frames * count
    small = uniform(0, 0.5, every, generator)
    large = uniform(0.5, 4, every, generator)
    often = uniform(0, 1, every, generator) < _LARGE
    size_of_error = column(torch.where(often, large, small))
    noise = _smooth((every, 3), size, generator)
    error = (size_of_error * noise[:, :2]).permute(0, 2, 3, 1)
    found = (noise[:, 2:] < _level_of(_LOST)).float().reshape(known.shape)
    wrong = places + error.reshape(places.shape)
    return wrong, known * found * inside(wrong, size)


def _level_of(share: float) -> float:
    """What so much of smooth noise lies above: it is about normal, of deviation 0.7."""
    return 0.7 * math.sqrt(2) * float(torch.erfinv(torch.tensor(1 - 2 * share)))


def _smooth(shape: tuple[int, int], size: int, generator: torch.Generator) -> Tensor:
    coarse = _normal((*shape, _COARSE, _COARSE), generator)
    return F.interpolate(coarse, (size, size), mode="bicubic", align_corners=False)


def _values(path: Path) -> tuple[Values, Values, Values, Values]:
    return path.zoom, path.turn, path.x, path.y


def _before(values: Values) -> Values:
    return torch.cat([values[:1], values[:-1]])


def _pixels(size: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Returns x and y of the pixels of a square, from its middle."""
    line = torch.arange(size, device=like.device) - (size - 1) / 2
    return line[None, :].expand(size, size), line[:, None].expand(size, size)


def _turned(
    grid: tuple[Tensor, Tensor], zoom: Values, turn: Values
) -> tuple[Tensor, Tensor]:
    x, y = _rotated(*grid, _spread(turn))
    return x * _spread(zoom), y * _spread(zoom)


def _rotated(x: Tensor, y: Tensor, turn: Tensor) -> tuple[Tensor, Tensor]:
    sin, cos = torch.sin(turn), torch.cos(turn)
    return x * cos - y * sin, x * sin + y * cos


def _spread(values: Values) -> Float[Tensor, "frames batch 1 1"]:
    return values[:, :, None, None]


def _normal(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator, device=generator.device)
