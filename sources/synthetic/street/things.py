"""What stands beside the drawn road: trees, street lamps and traffic signs."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from sources.synthetic.street.texture import Rng, foliage, noise, smooth, supersampled
from sources.synthetic.street.view import Floats, Image, Texture, as_rgb

LAMP_HEIGHT_M = 6.4
LAMP_ARM_M = 1.3
SIGN_HEIGHT_M = 2.9

_Rgba = tuple[int, int, int, int]
_RED: _Rgba = (176, 32, 34, 255)
_WHITE: _Rgba = (226, 226, 222, 255)
_BLACK: _Rgba = (26, 26, 28, 255)
_BLUE: _Rgba = (28, 66, 138, 255)


@dataclass(frozen=True, slots=True)
class Thing:
    """A flat figure that always faces the camera."""

    texture: Texture
    width: float
    height: float
    """Both in metres; the foot is in the middle of the lower edge."""


def grow_tree(rng: Rng, detail: float) -> Thing:
    """A broad-leaved tree on its trunk."""
    wide = float(rng.uniform(4.4, 6.2))
    size = max(int(300 * detail), 24)
    green = (rng.uniform(66, 98), rng.uniform(84, 104), rng.uniform(40, 56))
    crown, cover = foliage(rng, size, green)
    height = int(size * 1.32)
    rgb = np.zeros((height, size, 3), np.float32)
    alpha = np.zeros((height, size), np.float32)
    _trunk(rng, rgb, alpha)
    leaf = cover[..., None] / 255
    rgb[:size] = rgb[:size] * (1 - leaf) + crown * leaf
    alpha[:size] = np.maximum(alpha[:size], cover)
    return Thing(Texture.of(rgb, alpha), wide, wide * 1.32)


def _trunk(rng: Rng, rgb: Floats, alpha: Floats) -> None:
    height, width = alpha.shape
    bark = noise(rng, height, width, 0.7)
    bark = smooth(bark, 0.6, 3.0)
    across = np.linspace(1.15, 0.55, width, dtype=np.float32)[None]
    tone = (0.9 + 0.35 * bark) * across
    rgb[:] = np.clip(tone, 0.1, 2)[..., None] * as_rgb((74, 62, 50))
    shape = np.zeros((height, width), np.uint8)
    foot, fork = (width // 2, height), (width // 2, height // 2)
    cv2.line(shape, foot, fork, 255, max(2, width // 22), cv2.LINE_AA)
    for lean in (-0.12, -0.05, 0.06, 0.13):
        tip = (int(width * (0.5 + lean)), int(height * 0.3))
        cv2.line(shape, fork, tip, 255, max(1, width // 55), cv2.LINE_AA)
    alpha[:] = np.maximum(alpha, shape)


def raise_lamp(detail: float) -> Thing:
    """A lamp post; its arm reaches to the left of the texture."""
    scale = max(40 * detail, 6.0)
    width, height = (
        int(2 * (LAMP_ARM_M + 0.3) * scale),
        int((LAMP_HEIGHT_M + 0.2) * scale),
    )
    big = np.zeros((height * 2, width * 2, 4), np.uint8)
    grey, px = (66, 70, 74, 255), 2 * scale
    middle, top = width, round(0.25 * px)
    end = round(middle - LAMP_ARM_M * px)
    cv2.line(big, (middle, height * 2), (middle, top), grey, max(2, round(0.11 * px)))
    cv2.line(big, (middle, top), (end, top), grey, max(2, round(0.07 * px)))
    head = ((end + round(0.25 * px), top), (round(0.34 * px), round(0.09 * px)))
    cv2.ellipse(big, head[0], head[1], 0, 0, 360, (92, 96, 100, 255), -1)
    edge = max(1, round(0.02 * px))
    cv2.line(
        big,
        (middle - edge, height * 2),
        (middle - edge, top),
        (122, 126, 130, 255),
        edge,
    )
    rgba = supersampled(big, 2)
    return Thing(Texture(rgba), width / scale, height / scale)


def paint_signs(rng: Rng, detail: float) -> list[Thing]:
    """Speed limit, stop, warning, crossing, no entry, and the name of the street."""
    scale = max(90 * detail, 12.0)
    drawings = (_limit, _stop, _warning, _crossing, _no_entry, _street_name)
    return [_on_post(rng, draw, scale) for draw in drawings]


def _on_post(
    rng: Rng, draw: Callable[[Image, tuple[int, int], float], None], scale: float
) -> Thing:
    px = 2 * scale
    width, height = int(1.5 * px), int(SIGN_HEIGHT_M * px)
    big = np.zeros((height, width, 4), np.uint8)
    thick = max(2, round(0.07 * px))
    cv2.line(
        big,
        (width // 2, height),
        (width // 2, round(0.3 * px)),
        (118, 121, 124, 255),
        thick,
    )
    draw(big, (width // 2, round(0.42 * px)), px)
    worn = 1 + 0.05 * noise(rng, height, width, 0.9)
    lit = np.linspace(1.0, 0.86, height, dtype=np.float32)[:, None] * worn
    big[..., :3] = np.clip(big[..., :3] * lit[..., None], 0, 255).astype(np.uint8)
    rgba = supersampled(big, 2)
    return Thing(Texture(rgba), 1.5, SIGN_HEIGHT_M)


def _limit(image: Image, at: tuple[int, int], px: float) -> None:
    _disc(image, at, 0.36 * px, _RED)
    _disc(image, at, 0.28 * px, _WHITE)
    _text(image, "50", at, 0.30 * px, _BLACK)


def _no_entry(image: Image, at: tuple[int, int], px: float) -> None:
    _disc(image, at, 0.36 * px, _WHITE)
    _disc(image, at, 0.34 * px, _RED)
    _bar(image, at, (0.25 * px, 0.06 * px), _WHITE)


def _stop(image: Image, at: tuple[int, int], px: float) -> None:
    for reach, colour in ((0.39, _WHITE), (0.365, _RED)):
        turns = np.arange(8) * np.pi / 4 + np.pi / 8
        ring = np.stack([np.cos(turns), np.sin(turns)], 1) * reach * px
        cv2.fillPoly(image, [(ring + at).round().astype(np.int32)], colour)
    _text(image, "STOP", at, 0.20 * px, _WHITE)


def _warning(image: Image, at: tuple[int, int], px: float) -> None:
    for reach, colour in ((0.44, _RED), (0.30, _WHITE)):
        turns = np.arange(3) * 2 * np.pi / 3 - np.pi / 2
        ring = np.stack([np.cos(turns), np.sin(turns)], 1) * reach * px
        cv2.fillPoly(image, [(ring + at).round().astype(np.int32)], colour)
    _text(image, "!", (at[0], round(at[1] + 0.01 * px)), 0.27 * px, _BLACK)


def _crossing(image: Image, at: tuple[int, int], px: float) -> None:
    _bar(image, at, (0.36 * px, 0.36 * px), _WHITE)
    _bar(image, at, (0.33 * px, 0.33 * px), _BLUE)
    tip = np.array([(-0.26, 0.22), (0.0, -0.26), (0.26, 0.22)]) * px + at
    cv2.fillPoly(image, [tip.round().astype(np.int32)], _WHITE)
    x, y = at
    head, hip = (x, round(y - 0.08 * px)), (x, round(y + 0.08 * px))
    thick = max(1, round(0.045 * px))
    _disc(image, (x, round(y - 0.12 * px)), 0.035 * px, _BLACK)
    cv2.line(image, head, hip, _BLACK, thick)
    for lean in (-0.08, 0.08):
        cv2.line(image, hip, (round(x + lean * px), round(y + 0.2 * px)), _BLACK, thick)


def _street_name(image: Image, at: tuple[int, int], px: float) -> None:
    _bar(image, at, (0.72 * px, 0.16 * px), _WHITE)
    _bar(image, at, (0.70 * px, 0.14 * px), _BLUE)
    _text(image, "RAIN STREET", at, 0.13 * px, _WHITE)


def _disc(image: Image, at: tuple[int, int], reach: float, colour: _Rgba) -> None:
    cv2.circle(image, at, max(1, round(reach)), colour, -1)


def _bar(
    image: Image, at: tuple[int, int], half: tuple[float, float], colour: _Rgba
) -> None:
    low = (round(at[0] - half[0]), round(at[1] - half[1]))
    high = (round(at[0] + half[0]), round(at[1] + half[1]))
    cv2.rectangle(image, low, high, colour, -1)


def _text(
    image: Image, text: str, at: tuple[int, int], tall: float, colour: _Rgba
) -> None:
    (across, up), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 1.0, 1)
    size = tall / up
    corner = (round(at[0] - across * size / 2), round(at[1] + tall / 2))
    thick = max(1, round(tall / 6))
    cv2.putText(image, text, corner, cv2.FONT_HERSHEY_DUPLEX, size, colour, thick)
