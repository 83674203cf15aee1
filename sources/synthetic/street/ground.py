"""The floor of the drawn street: asphalt with markings, kerbs, pavement and verge.

One stretch of it is drawn from above and repeats along the road; each frame looks it
up row by row, because all pixels of a row lie at the same distance.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from sources.synthetic.street.texture import Rng, fitted, noise, smooth, tinted
from sources.synthetic.street.view import Floats, Image, View

STRETCH_M = 48.0
"""Length of the stretch that repeats."""
HALF_WIDTH_M = 16.0
ROAD_M = 3.6
"""From the middle of the road to its kerb."""
PAVEMENT_M = 7.4
"""From the middle of the road to the far edge of the pavement."""
LAMP_STEP_M = 24.0
"""From one street lamp to the next."""
LAMP_X_M = 4.3

_BANDS_M = (0.0, 14.0, 30.0, 70.0, 4000.0)


@dataclass(frozen=True, slots=True)
class Ground:
    """The stretch at several sizes, uint8 RGB, by day and by night."""

    by_day: list[Image]
    by_night: list[Image]
    wetness: list[Image]
    """How much of the sky the wet road mirrors, 0 to 255."""
    px_per_m: tuple[float, float]
    """Of the largest size: along x, along z."""


def lay_ground(rng: Rng, detail: float) -> Ground:
    """Draws the stretch; `detail` is 1 for a picture of 360 rows."""
    px_x, px_z = 56.0 * detail, 20.0 * detail
    size = (round(STRETCH_M * px_z), round(2 * HALF_WIDTH_M * px_x))
    z, x = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    x, z = (x + 0.5) / px_x - HALF_WIDTH_M, (z + 0.5) / px_z
    day = _surfaces(rng, x, z, detail)
    # The shutter stays open for about a tenth of a metre of road.
    day = smooth(day, 0.4, 0.11 * px_z / 2)
    wet = _wetness(rng, x, z)
    night = day * _lamp_pools(x, z)
    sizes = [_sizes(np.clip(a, 0, 255).astype(np.uint8)) for a in (day, night, wet)]
    return Ground(sizes[0], sizes[1], sizes[2], (px_x, px_z))


def _surfaces(rng: Rng, x: Floats, z: Floats, detail: float) -> Floats:
    shape = x.shape
    grain = fitted(noise(rng, 512, 512, 0.35), *shape)
    patches = cv2.resize(noise(rng, 128, 64, 1.3), shape[::-1], None, 0, 0, 2)
    tracks = np.exp(-(((np.abs(np.abs(x) - 1.75) - 0.75) / 0.28) ** 2))
    road = 1 + 0.20 * grain + 0.10 * patches - 0.13 * tracks
    ground = tinted(np.asarray(road, np.float32), (77, 78, 81))
    _seams(rng, ground, x, z, detail)
    _markings(rng, ground, x, z, grain)
    _beside(rng, ground, x, z, grain)
    return ground


def _seams(rng: Rng, ground: Floats, x: Floats, z: Floats, detail: float) -> None:
    """Cracks filled with tar, and rectangles of newer asphalt."""
    px_x, px_z = x.shape[1] / (2 * HALF_WIDTH_M), z.shape[0] / STRETCH_M
    for _ in range(5):
        left, start = rng.uniform(-3.3, 1.5), rng.uniform(0, STRETCH_M - 8)
        wide, long, tone = (
            rng.uniform(0.7, 2.2),
            rng.uniform(2, 7),
            rng.uniform(0.78, 1.2),
        )
        rows = slice(int(start * px_z), int((start + long) * px_z))
        first = int((left + HALF_WIDTH_M) * px_x)
        ground[rows, first : first + int(wide * px_x)] *= tone
    for _ in range(6):
        steps = np.cumsum(rng.normal(0, 0.32, (12, 2)), axis=0)
        line = np.array([rng.uniform(-3.2, 3.2), rng.uniform(2, 46)]) + steps * (
            0.45,
            1.3,
        )
        line[:, 0] = line[:, 0].clip(-ROAD_M, ROAD_M)
        pixels = (line + np.array((HALF_WIDTH_M, 0.0))) * (px_x, px_z)
        cv2.polylines(
            ground,
            [pixels.astype(np.int32)],
            False,
            (50, 50, 52),
            max(1, round(1.4 * detail)),
        )


def _markings(rng: Rng, ground: Floats, x: Floats, z: Floats, grain: Floats) -> None:
    dashes = (np.abs(x) < 0.07) & (z % 8.0 < 3.6)
    edges = np.abs(np.abs(x) - (ROAD_M - 0.22)) < 0.06
    crossing = (z > 30.0) & (z < 33.2) & (np.abs(x) < ROAD_M - 0.4) & (x % 1.0 < 0.5)
    stop = (z > 27.8) & (z < 28.2) & (x > 0.2) & (x < ROAD_M - 0.3)
    worn = fitted(noise(rng, 512, 512, 0.8), *x.shape)
    paint = (dashes | edges | crossing | stop) * np.clip(0.88 - 0.16 * worn, 0.15, 1)
    white = tinted(np.asarray(1 + 0.05 * grain, np.float32), (205, 204, 196))
    ground += (white - ground) * paint[..., None]


def _beside(rng: Rng, ground: Floats, x: Floats, z: Floats, grain: Floats) -> None:
    """Kerb, paving slabs, and grass behind them."""
    away = np.abs(x)
    slabs = (z / 0.62 % 1.0 < 0.045) | (away / 0.62 % 1.0 < 0.045)
    tone = rng.normal(1, 0.06, (97, 97)).astype(np.float32)
    slab = tone[(z / 0.62).astype(int) % 97, (x / 0.62 + 60).astype(int) % 97]
    shade = (slab + 0.09 * grain) * np.where(slabs, 0.72, 1.0)
    walk = tinted(np.asarray(shade, np.float32), (132, 128, 121))
    kerb = (away > ROAD_M) & (away < ROAD_M + 0.28)
    walk[kerb] = walk[kerb] * 0.55 + 74
    walk[(away > ROAD_M) & (away < ROAD_M + 0.07)] *= 0.45
    np.copyto(ground, walk, where=(away > ROAD_M)[..., None])
    turf = 0.95 + 0.25 * fitted(noise(rng, 512, 512, 0.6), *x.shape)
    grass = tinted(np.asarray(turf, np.float32), (82, 92, 56))
    np.copyto(ground, grass, where=(away > PAVEMENT_M)[..., None])
    ground *= (1 - 0.4 * np.exp(-(((away - PAVEMENT_M - 0.6) / 0.8) ** 2)))[..., None]


def _wetness(rng: Rng, x: Floats, z: Floats) -> Floats:
    """Puddles in the wheel tracks and the gutter, a film everywhere else."""
    field = cv2.resize(noise(rng, 256, 192, 1.1), x.shape[::-1], None, 0, 0, 2)
    tracks = np.exp(-(((np.abs(np.abs(x) - 1.75) - 0.75) / 0.35) ** 2))
    gutter = np.exp(-(((np.abs(x) - ROAD_M + 0.25) / 0.3) ** 2))
    puddle = 1 / (1 + np.exp(-6 * (field + 0.7 * tracks + 0.7 * gutter - 1.2)))
    film = np.where(np.abs(x) < PAVEMENT_M, 0.40, 0.0)
    return np.asarray(255 * np.clip(film + 0.5 * puddle * (film > 0), 0, 1), np.float32)


def _lamp_pools(x: Floats, z: Floats) -> Floats:
    """Gain of each pixel by night, RGB."""
    glow = np.zeros_like(x)
    for side in (-1, 1):
        for k in range(-1, 4):
            at = k * LAMP_STEP_M + (0 if side > 0 else LAMP_STEP_M / 2)
            away = (x - side * (LAMP_X_M - 1.3)) ** 2 + (z - at) ** 2
            glow += 1 / (1 + away / 17.0) ** 2
    colour = np.array((1.02, 0.80, 0.54), np.float32)
    return np.asarray(0.10 + 1.05 * glow[..., None] * colour, np.float32)


def _sizes(image: Image) -> list[Image]:
    """The stretch ever shorter along z, and a little narrower along x."""
    sizes = [image]
    for along, across in ((2, 1), (6, 2), (16, 4)):
        size = (max(image.shape[1] // across, 4), max(image.shape[0] // along, 4))
        sizes.append(np.asarray(cv2.resize(image, size, None, 0, 0, 3), np.uint8))
    return sizes


def look_down(view: View, sizes: list[Image], first_row: int) -> Image:
    """What the camera sees of the floor from this row down, uint8."""
    rows = np.arange(first_row, view.height, dtype=np.float32) + 0.5
    depth = view.focal * view.eye[1] / np.maximum(rows - view.centre[1], 0.05)
    seen = np.zeros((len(rows), view.width, *sizes[0].shape[2:]), np.uint8)
    for image, low, high in zip(sizes, _BANDS_M[:-1], _BANDS_M[1:], strict=True):
        chosen = np.flatnonzero((depth >= low) & (depth < high))
        if len(chosen):
            band = slice(int(chosen[0]), int(chosen[-1]) + 1)
            seen[band] = _band(view, image, depth[band])
    return seen


def _band(view: View, image: Image, depth: Floats) -> Image:
    per_x = image.shape[1] / (2 * HALF_WIDTH_M)
    per_z = image.shape[0] / STRETCH_M
    columns = np.arange(view.width, dtype=np.float32) + 0.5 - view.centre[0]
    x = (
        columns[None] * (depth / view.focal)[:, None] + view.eye[0] + HALF_WIDTH_M
    ) * per_x
    z = ((depth + view.eye[2]) % STRETCH_M) * per_z
    x = np.clip(x - 0.5, 0, image.shape[1] - 1).astype(np.float32)
    z = np.broadcast_to(z[:, None] - 0.5, x.shape).astype(np.float32)
    looked = cv2.remap(image, x, z, cv2.INTER_LINEAR, None, cv2.BORDER_WRAP)
    return np.asarray(looked, np.uint8)


def pavement_mask(view: View, first_row: int) -> Image:
    """255 where the floor is road or pavement, from this row down."""
    mask = np.zeros((view.height - first_row, view.width), np.uint8)
    far = view.eye[2] + 900.0
    bottom = (
        view.eye[2] + view.focal * view.eye[1] / (view.height - view.centre[1]) - 0.01
    )
    corners = [
        view.point(side * PAVEMENT_M, 0, z)
        for side, z in ((-1, far), (1, far), (1, bottom), (-1, bottom))
    ]
    flat = (np.array(corners) - (0.5, first_row + 0.5)) * 16
    cv2.fillConvexPoly(mask, flat.round().astype(np.int32), 255, cv2.LINE_AA, 4)
    return mask
