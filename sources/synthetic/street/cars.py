"""The cars of the drawn street: flat faces that together turn like a body."""

from dataclasses import dataclass

import cv2
import numpy as np

from sources.synthetic.street.texture import Rng, noise, supersampled
from sources.synthetic.street.view import Image, Texture

LENGTH_M = 4.3
WIDTH_M = 1.78
HEIGHT_M = 1.46
BONNET_M = 0.95
"""Height of the lower faces; the cabin stands above it."""

_COLOURS = (
    (150, 30, 32),
    (44, 70, 120),
    (176, 178, 180),
    (52, 54, 58),
    (198, 196, 188),
    (36, 84, 74),
    (120, 122, 126),
)
_SIDE = (
    (0.02, 0.42), (0.06, 0.78), (0.30, 0.92), (1.00, 0.98), (1.55, 1.42), (2.00, 1.46),
    (2.75, 1.44), (3.35, 1.06), (4.00, 0.96), (4.24, 0.80), (4.29, 0.45), (4.20, 0.24),
    (0.10, 0.24),
)  # fmt: skip
_SIDE_GLASS = (
    ((1.14, 1.00), (1.60, 1.36), (2.10, 1.39), (2.10, 1.00)),
    ((2.18, 1.00), (2.18, 1.39), (2.70, 1.36), (3.15, 1.03)),
)


@dataclass(frozen=True, slots=True)
class Car:
    """The faces of one car; lamps are added when the street is lit."""

    bow: Texture
    """The lower half, seen from before."""
    stern: Texture
    """The lower half, seen from behind."""
    windscreen: Texture
    rear_window: Texture
    side: Texture
    """Bonnet to the right."""


def build_car(rng: Rng, kind: int, detail: float) -> Car:
    """Draws one car; `detail` is 1 for a picture of 360 rows."""
    px = 2 * max(88.0 * detail, 10.0)
    paint = _COLOURS[kind % len(_COLOURS)]
    return Car(
        bow=_finished(rng, _bow(paint, px)),
        stern=_finished(rng, _stern(paint, px)),
        windscreen=_finished(rng, _cabin(paint, px, (66, 76, 84))),
        rear_window=_finished(rng, _cabin(paint, px, (44, 50, 56))),
        side=_finished(rng, _side(paint, px)),
    )


def _finished(rng: Rng, big: Image) -> Texture:
    """Dirt, reflections of the sky above and of the road below; then half the size."""
    height, width = big.shape[:2]
    up = np.linspace(1.22, 0.74, height, dtype=np.float32)[:, None]
    stains = 0.035 * noise(rng, height, width, 1.2) + 0.03 * noise(
        rng, height, width, 0.4
    )
    shade = (up + stains)[..., None]
    big[..., :3] = np.clip(big[..., :3] * shade, 0, 255).astype(np.uint8)
    big[..., :3] = (big[..., :3] * (big[..., 3:] / 255.0)).astype(np.uint8)
    return Texture(supersampled(big, 2))


def _sheet(width_m: float, height_m: float, px: float) -> Image:
    return np.zeros(
        (max(int(height_m * px), 4), max(int(width_m * px), 4), 4), np.uint8
    )


def _shape(
    image: Image,
    px: float,
    corners: tuple[tuple[float, float], ...],
    colour: tuple[float, ...],
) -> None:
    """Fills a polygon given in metres from the lower left corner."""
    points = np.array(corners) * px
    points[:, 1] = image.shape[0] - points[:, 1]
    cv2.fillPoly(image, [points.round().astype(np.int32)], (*colour[:3], 255.0))


def _block(
    image: Image,
    px: float,
    box: tuple[float, float, float, float],
    colour: tuple[float, ...],
) -> None:
    x0, y0, x1, y1 = box
    _shape(image, px, ((x0, y0), (x1, y0), (x1, y1), (x0, y1)), colour)


def _times(colour: tuple[float, ...], gain: float) -> tuple[float, ...]:
    return tuple(min(v * gain, 255.0) for v in colour)


def _lower(paint: tuple[float, ...], px: float) -> Image:
    """What bow and stern share: tyres, bumper and rounded shoulders."""
    image = _sheet(WIDTH_M, BONNET_M, px)
    for x in (0.10, WIDTH_M - 0.34):
        _block(image, px, (x, 0.0, x + 0.24, 0.40), (20, 20, 21))
    outline = (
        (0.03, 0.22), (0.0, 0.50), (0.05, 0.78), (0.16, 0.93), (1.62, 0.93),
        (1.73, 0.78), (1.78, 0.50), (1.75, 0.22),
    )  # fmt: skip
    _shape(image, px, outline, _times(paint, 0.86))
    _shape(
        image,
        px,
        ((0.05, 0.76), (0.16, 0.93), (1.62, 0.93), (1.73, 0.76)),
        _times(paint, 1.18),
    )
    _block(image, px, (0.04, 0.22, 1.74, 0.34), (34, 34, 36))
    return image


def _bow(paint: tuple[float, ...], px: float) -> Image:
    image = _lower(paint, px)
    _shape(
        image, px, ((0.5, 0.46), (0.46, 0.66), (1.32, 0.66), (1.28, 0.46)), (24, 25, 27)
    )
    for y in (0.50, 0.55, 0.60):
        _block(image, px, (0.5, y, 1.28, y + 0.012), (74, 76, 80))
    for flip in (0, 1):
        lamp = ((0.10, 0.60), (0.12, 0.74), (0.42, 0.70), (0.40, 0.60))
        points = tuple((WIDTH_M - x if flip else x, y) for x, y in lamp)
        _shape(image, px, points, (206, 210, 212))
    _block(image, px, (0.64, 0.34, 1.14, 0.45), (214, 212, 200))
    _plate(image, px, "RA 1 N", 0.345)
    return image


def _stern(paint: tuple[float, ...], px: float) -> Image:
    image = _lower(paint, px)
    for flip in (0, 1):
        lamp = ((0.06, 0.58), (0.08, 0.80), (0.36, 0.78), (0.30, 0.60))
        points = tuple((WIDTH_M - x if flip else x, y) for x, y in lamp)
        _shape(image, px, points, (146, 22, 20))
    _block(image, px, (0.44, 0.54, 1.34, 0.76), _times(paint, 0.74))
    _block(image, px, (0.62, 0.57, 1.16, 0.70), (214, 212, 200))
    _plate(image, px, "DR 25", 0.585)
    _block(image, px, (0.03, 0.44, 1.75, 0.47), _times(paint, 0.55))
    return image


def _plate(image: Image, px: float, text: str, low_m: float) -> None:
    size = 0.09 * px / 22
    at = (round(0.67 * px), round(image.shape[0] - low_m * px))
    thick = max(1, round(px / 90))
    cv2.putText(
        image, text, at, cv2.FONT_HERSHEY_DUPLEX, size, (24, 24, 26, 255), thick
    )


def _cabin(paint: tuple[float, ...], px: float, glass: tuple[float, ...]) -> Image:
    tall = HEIGHT_M - 0.86
    image = _sheet(WIDTH_M, tall, px)
    _shape(
        image,
        px,
        (
            (0.08, 0.0),
            (0.36, 0.56),
            (0.5, 0.59),
            (1.28, 0.59),
            (1.42, 0.56),
            (1.70, 0.0),
        ),
        paint,
    )
    _shape(image, px, ((0.20, 0.06), (0.42, 0.50), (1.36, 0.50), (1.58, 0.06)), glass)
    _shape(
        image,
        px,
        ((0.40, 0.46), (0.42, 0.50), (1.36, 0.50), (1.38, 0.46)),
        _times(glass, 1.7),
    )
    _shape(
        image,
        px,
        ((0.34, 0.08), (0.52, 0.44), (0.74, 0.44), (0.56, 0.08)),
        _times(glass, 1.25),
    )
    for x in (0.50, 1.06):
        _block(image, px, (x, 0.06, x + 0.22, 0.28), _times(glass, 0.5))
    return image


def _side(paint: tuple[float, ...], px: float) -> Image:
    image = _sheet(LENGTH_M, HEIGHT_M, px)
    _shape(image, px, _SIDE, _times(paint, 0.9))
    _shape(
        image,
        px,
        ((0.06, 0.70), (0.07, 0.80), (4.20, 0.80), (4.26, 0.68)),
        _times(paint, 1.15),
    )
    _block(image, px, (0.12, 0.24, 4.18, 0.34), (30, 30, 32))
    _shape(
        image,
        px,
        ((0.1, 0.34), (0.06, 0.52), (4.24, 0.50), (4.2, 0.34)),
        _times(paint, 0.62),
    )
    for corners in _SIDE_GLASS:
        _shape(image, px, corners, (44, 50, 57))
        low = tuple((x, 1.0 + (y - 1.0) * 0.45) for x, y in corners)
        _shape(image, px, low, (66, 74, 82))
    _block(image, px, (2.12, 0.36, 2.14, 1.38), _times(paint, 0.5))
    for x in (0.85, 3.42):
        at = (round(x * px), round(image.shape[0] - 0.33 * px))
        for reach, colour in (
            (0.40, (16, 16, 17)),
            (0.32, (30, 30, 31)),
            (0.20, (134, 136, 139)),
        ):
            cv2.circle(image, at, max(1, round(reach * px)), (*colour, 255), -1)
    return image
