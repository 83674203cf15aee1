"""The houses of the drawn street: walls, windows, doors, shop fronts and roofs."""

from dataclasses import dataclass

import cv2
import numpy as np

from sources.synthetic.street.texture import Rng, bricks, plaster, roof_tiles, smooth
from sources.synthetic.street.view import Floats, Texture, as_rgb
from sources.synthetic.street.windows import fill, shop_front, window

PX_PER_M = 36.0
"""Size of the textures for a picture of 360 rows."""
_STOREY_M = 3.0
_DEPTH_M = 9.0
_WALLS = (
    ("brick", (142, 84, 66)),
    ("plaster", (196, 180, 150)),
    ("plaster", (170, 176, 178)),
    ("brick", (116, 76, 66)),
    ("plaster", (190, 152, 128)),
    ("brick", (158, 120, 88)),
    ("plaster", (150, 160, 140)),
    ("plaster", (206, 198, 184)),
)
_ROOFS = ((112, 62, 50), (84, 82, 84), (94, 70, 58))


@dataclass(frozen=True, slots=True)
class Faces:
    """The three faces of a house that a driver sees."""

    front: Texture
    """Towards the street."""
    gable: Texture
    """Towards the car, with the triangle under the roof where there is one."""
    roof: Texture


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A house in metres, with its faces by day and by night."""

    length: float
    eaves: float
    ridge: float
    """Height of the roof above the eaves; 0 is a flat roof."""
    depth: float
    by_day: Faces
    by_night: Faces


def build_house(rng: Rng, kind: int, detail: float) -> House:
    """Draws one house; `detail` is 1 for a picture of 360 rows."""
    scale = PX_PER_M * detail
    storeys = int(rng.integers(2, 5))
    length, eaves = float(rng.uniform(9, 14)), storeys * _STOREY_M + 0.7
    ridge = float(rng.uniform(2.2, 3.4)) if rng.uniform() < 0.7 else 0.0
    material, colour = _WALLS[kind % len(_WALLS)]
    front = _wall(rng, material, colour, (eaves, length), scale)
    front_glow = np.zeros_like(front)
    _windows(rng, front, front_glow, storeys, scale)
    _ground_floor(rng, front, front_glow, kind, scale)
    gable = _wall(rng, material, colour, (eaves + ridge, _DEPTH_M), scale)
    gable_glow = np.zeros_like(gable)
    _gable_windows(rng, gable, gable_glow, storeys, ridge, scale)
    cover = _under_roof(gable, ridge, scale)
    fronts = _day_and_night(front, front_glow, None, scale)
    gables = _day_and_night(gable, gable_glow, cover, scale)
    roof = _roof(rng, length, scale)
    return House(
        length=length,
        eaves=eaves,
        ridge=ridge,
        depth=_DEPTH_M,
        by_day=Faces(fronts[0], gables[0], Texture.of(roof)),
        by_night=Faces(fronts[1], gables[1], Texture.of(roof * 0.06)),
    )


def _day_and_night(
    wall: Floats, glow: Floats, cover: Floats | None, scale: float
) -> tuple[Texture, Texture]:
    _weather(wall, scale)
    dark = _after_dark(wall, glow, scale)
    return Texture.of(wall, cover), Texture.of(dark, cover)


def _roof(rng: Rng, length: float, scale: float) -> Floats:
    colour = _ROOFS[int(rng.integers(len(_ROOFS)))]
    return roof_tiles(
        rng, max(int(4.5 * scale), 8), max(int(length * scale), 8), colour
    )


def _wall(
    rng: Rng,
    material: str,
    colour: tuple[float, float, float],
    size_m: tuple[float, float],
    scale: float,
) -> Floats:
    height, width = max(int(size_m[0] * scale), 8), max(int(size_m[1] * scale), 8)
    if material == "brick":
        return bricks(rng, height, width, colour, 0.085 * scale)
    return plaster(rng, height, width, colour)


def _windows(rng: Rng, wall: Floats, glow: Floats, storeys: int, scale: float) -> None:
    height, width = wall.shape[:2]
    bays = max(2, round(width / scale / 2.3))
    step = width / bays
    for storey in range(1, storeys):
        lintel = height - (storey * _STOREY_M + 2.45) * scale
        for bay in range(bays):
            middle = (bay + 0.5) * step
            box = (middle - 0.55 * scale, lintel, 1.1 * scale, 1.55 * scale)
            window(rng, wall, glow, box, scale)


def _gable_windows(
    rng: Rng, wall: Floats, glow: Floats, storeys: int, ridge: float, scale: float
) -> None:
    height, width = wall.shape[:2]
    for storey in range(1, storeys):
        lintel = height - (storey * _STOREY_M + 2.3) * scale
        for share in (0.3, 0.7):
            if rng.uniform() < 0.6:
                box = (share * width - 0.4 * scale, lintel, 0.8 * scale, 1.3 * scale)
                window(rng, wall, glow, box, scale)
    if ridge > 2.4:
        box = (0.5 * width - 0.3 * scale, 1.3 * scale, 0.6 * scale, 0.8 * scale)
        window(rng, wall, glow, box, scale)


def _ground_floor(
    rng: Rng, wall: Floats, glow: Floats, kind: int, scale: float
) -> None:
    height, width = wall.shape[:2]
    base = height - round(0.5 * scale)
    wall[base:] = wall[base:] * 0.35 + 52
    if kind % 2 == 0:
        shop_front(rng, wall, glow, kind, scale)
        return
    _door(rng, wall, glow, scale)
    top, wide, tall = height - 2.3 * scale, 1.0 * scale, 1.4 * scale
    for share in (0.14, 0.3, 0.72, 0.88):
        box = (share * width - wide / 2, top, wide, tall)
        window(rng, wall, glow, box, scale)


def _door(rng: Rng, wall: Floats, glow: Floats, scale: float) -> None:
    height, width = wall.shape[:2]
    x, top = round(width * rng.uniform(0.4, 0.55)), height - round(2.2 * scale)
    colour = tuple(float(v) for v in rng.uniform(38, 110, 3))
    edge, wide = max(1, round(0.1 * scale)), round(1.0 * scale)
    fill(wall, x - edge, top - edge, wide + 2 * edge, height, (196, 190, 180))
    fill(wall, x, top, wide, height, colour)
    light = (x + 2 * edge, top + 2 * edge, wide - 4 * edge, wide // 2)
    fill(wall, *light, (58, 64, 70))
    fill(glow, *light, (190, 150, 92))


def _weather(wall: Floats, scale: float) -> None:
    """Darker under the eaves and at the foot, where little of the sky is seen."""
    height = wall.shape[0]
    up = (height - np.arange(height, dtype=np.float32)) / scale
    down = np.arange(height, dtype=np.float32) / scale
    shade = (1 - 0.42 * np.exp(-up / 0.9)) * (1 - 0.45 * np.exp(-down / 0.35))
    wall *= shade[:, None, None]


def _after_dark(wall: Floats, glow: Floats, scale: float) -> Floats:
    """Street lamps light the lower storeys; windows light their surroundings."""
    height = wall.shape[0]
    up = (height - np.arange(height, dtype=np.float32)) / scale
    lamps = 0.085 + 0.42 * np.exp(-(((up - 2.5) / 4.2) ** 2))
    lit = wall * lamps[:, None, None] * as_rgb((1.04, 0.82, 0.60))
    spill = smooth(glow, 0.5 * scale, 0.5 * scale)
    return np.asarray(np.maximum(lit + 0.0032 * spill * wall, glow), np.float32)


def _under_roof(gable: Floats, ridge: float, scale: float) -> Floats:
    height, width = gable.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    rise = round(ridge * scale)
    outline = [(0, height), (0, rise), (width // 2, 0), (width, rise), (width, height)]
    cv2.fillPoly(cover, [np.array(outline, np.int32)], 255, cv2.LINE_AA)
    return cover.astype(np.float32)
