"""Lamps that shine into the camera: their glow, and its track on the wet road."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from sources.synthetic.street.view import Colour3, Floats, Image, View, as_rgb

_SIDE = 97


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light source in the street."""

    at: tuple[float, float, float]
    colour: Colour3
    """RGB, 0 to 255."""
    reach_m: float
    """Radius of its glow."""
    strength: float


def add_lamp(canvas: Image, view: View, lamp: Lamp) -> None:
    """Adds the glow of a lamp and its mirror track to uint8 RGB, in place."""
    x, y, z = lamp.at
    scale = view.pixels_per_metre(z)
    across, down = view.point(x, y, z)
    radius = max(lamp.reach_m * scale, 1.5)
    tint = tuple(c * lamp.strength for c in lamp.colour)
    _add(canvas, _glow(), (across, down), (2 * radius, 2 * radius), tint)
    _, foot = view.point(x, 0, z)
    _, mirrored = view.point(x, -y, z)
    tall = max(1.6 * (mirrored - foot), 2.0)
    wide = max(1.1 * radius, 3.0)
    dim = tuple(0.30 * c for c in tint)
    _add(canvas, _track(), (across, foot + tall / 2), (wide, tall), dim)


def _add(
    canvas: Image,
    stamp: Floats,
    centre: tuple[float, float],
    size: tuple[float, float],
    tint: tuple[float, ...],
) -> None:
    """Adds a stamp of `size` pixels around `centre`, neither of them whole numbers."""
    left, top = centre[0] - size[0] / 2, centre[1] - size[1] / 2
    x0, y0 = max(int(left), 0), max(int(top), 0)
    x1 = min(int(left + size[0]) + 2, canvas.shape[1])
    y1 = min(int(top + size[1]) + 2, canvas.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = canvas[y0:y1, x0:x1]
    per_x, per_y = size[0] / stamp.shape[1], size[1] / stamp.shape[0]
    way = np.array([[per_x, 0, left - x0], [0, per_y, top - y0]])
    shape = (x1 - x0, y1 - y0)
    moved = cv2.warpAffine(stamp, way, shape, None, cv2.INTER_LINEAR)
    glow = (moved[..., None] * as_rgb(tint)).astype(np.uint8)
    cv2.add(part, glow, part)


@cache
def _glow() -> Floats:
    """A bright core in a wide halo, 0 to 1."""
    y, x = np.mgrid[-1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j].astype(np.float32)
    radius = np.hypot(x, y)
    core = 1.1 * np.exp(-((radius / 0.13) ** 2))
    halo = 0.42 * np.exp(-radius / 0.2)
    return np.asarray(np.clip((core + halo) * (1 - radius), 0, 1), np.float32)


@cache
def _track() -> Floats:
    """A smeared mirror image, broken by ripples, 0 to 1."""
    y, x = np.mgrid[0:1:256j, -1:1:33j].astype(np.float32)
    ripple = np.random.default_rng(5).standard_normal((256, 1)).astype(np.float32)
    ripple = np.asarray(cv2.GaussianBlur(ripple, (1, 9), 0, None, 2.0), np.float32)
    ripple = ripple.reshape(256, 1)
    along = np.clip(y * 5, 0, 1) * (1 - y) ** 1.5
    wave = np.clip(0.7 + 1.6 * ripple, 0.1, 1.4)
    return np.asarray(along * wave * np.exp(-((x / 0.42) ** 2)), np.float32)
