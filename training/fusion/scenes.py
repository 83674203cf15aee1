"""Scenes that move: a camera over a picture, and things that pass on their own.

`training.data.camera` alone shows one plane. Here parts of a second picture move before
it in another way, large and small, so that places come into sight and are hidden.
"""

import cv2
import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from training.data.camera import Camera, Frames, taken
from training.data.pictures import CleanPictures
from training.rain.sampling import column, uniform

FRAMES = 5
"""Of a scene: the one in work, and two to each side of it."""

_SPEEDS = (3.0, 8.0, 16.0, 28.0)
"""Pixels from frame to frame up to which a camera pans, drawn by lot."""
_OWN_SPEEDS = (4.0, 12.0, 20.0, 32.0)
"""The same for what moves before the scene."""
_EMPTY = 0.35
"""Share of scenes in which nothing moves on its own."""
_MOST = 6
"""Things in a scene."""
_LIGHT = (0.6, 1.8)
"""Times as bright as in their picture things are."""
_LAMPS = 0.2
"""Share of scenes in which a light goes on or off: it is no rain."""
_RADIUS = 6, 40
"""Of a light, in pixels."""

Mask = NDArray[np.float32]


class MovingScenes:
    """Draws scenes; one thread uses it."""

    def __init__(self, clean: CleanPictures, generator: torch.Generator) -> None:
        self._clean = clean
        self._generator = generator
        seed = int(torch.randint(2**31, (), generator=generator))
        self._rng = np.random.default_rng(seed)

    def frames(self, count: int, size: int) -> Frames:
        """Returns so many scenes of squares, RGB in [0, 1]."""
        ground = self._seen(_SPEEDS, count, size)
        light = column(uniform(*_LIGHT, count, self._generator))
        things = self._seen(_OWN_SPEEDS, count, size, light=light, masked=True)
        cover = things[:, :, 3:]
        return with_lights(ground * (1 - cover) + things[:, :, :3] * cover, self._rng)

    def _seen(
        self,
        speeds: tuple[float, ...],
        count: int,
        size: int,
        *,
        light: Tensor | None = None,
        masked: bool = False,
    ) -> Float[Tensor, "frames batch channels height width"]:
        camera = Camera(frames=FRAMES, fastest=float(self._rng.choice(speeds)))
        around = size + 2 * camera.margin()
        pictures = self._clean.crops(count, around, self._generator)
        if light is not None:
            pictures = (light * pictures).clamp(0, 1)
        if masked:
            masks = np.stack([things(around, self._rng) for _ in range(count)])
            pictures = torch.cat([pictures, torch.from_numpy(masks)[:, None]], 1)
        return taken(pictures, camera.path(count, self._generator), size)


def with_lights(frames: Frames, rng: np.random.Generator) -> Frames:
    """Returns the frames; in a part of the scenes a light goes on, or off, or both."""
    lit = frames.clone()
    size = frames.shape[-1]
    for scene in np.flatnonzero(rng.random(frames.shape[1]) < _LAMPS):
        mask = np.zeros((size, size), np.float32)
        x, y = (int(at) for at in rng.integers(0, size, 2))
        axes = int(rng.integers(*_RADIUS)), int(rng.integers(*_RADIUS))
        cv2.ellipse(mask, (x, y), axes, 180 * rng.random(), 0, 360, 1.0, -1)
        soft = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.7, 3)))
        cover = torch.from_numpy(soft)
        light = torch.from_numpy(rng.uniform(0.7, 1, (3, 1, 1)).astype(np.float32))
        begin, end = sorted(rng.choice(FRAMES + 1, 2, replace=False).tolist())
        shown = lit[begin:end, scene]
        lit[begin:end, scene] = torch.maximum(shown, shown + (light - shown) * cover)
    return lit


def things(size: int, rng: np.random.Generator) -> Mask:
    """Returns where things are in a square, 0 to 1: none in a part of them."""
    mask = np.zeros((size, size), np.float32)
    if rng.random() < _EMPTY:
        return mask
    for _ in range(int(rng.integers(1, _MOST + 1))):
        _KINDS[int(rng.integers(len(_KINDS)))](mask, rng)
    return mask


def _place(mask: Mask, rng: np.random.Generator) -> tuple[int, int]:
    x, y = rng.integers(0, len(mask), 2).tolist()
    return x, y


def _ellipse(mask: Mask, rng: np.random.Generator) -> None:
    axes = int(rng.integers(3, 60)), int(rng.integers(3, 60))
    turn = 180 * rng.random()
    cv2.ellipse(mask, _place(mask, rng), axes, turn, 0, 360, 1.0, -1, cv2.LINE_AA)


def _polygon(mask: Mask, rng: np.random.Generator) -> None:
    corners = rng.random((4, 2)) * rng.integers(10, 120) + _place(mask, rng)
    hull = cv2.convexHull(corners.astype(np.int32)[:, None])
    cv2.fillConvexPoly(mask, hull, 1.0, cv2.LINE_AA)


def _bar(mask: Mask, rng: np.random.Generator) -> None:
    x, y = _place(mask, rng)
    turn, length = 2 * np.pi * rng.random(), int(rng.integers(20, max(21, len(mask))))
    end = int(x + length * np.cos(turn)), int(y + length * np.sin(turn))
    cv2.line(mask, (x, y), end, 1.0, int(rng.integers(1, 8)), cv2.LINE_AA)


def _spot(mask: Mask, rng: np.random.Generator) -> None:
    cv2.circle(mask, _place(mask, rng), int(rng.integers(1, 6)), 1.0, -1, cv2.LINE_AA)


_KINDS = (_ellipse, _polygon, _bar, _spot)
