"""Where the street is seen from, and how one of its flat pieces gets into the picture.

The world is in metres: x to the right, y up, z along the road. A piece is a textured
quad between two upright or leaning posts; textures are shrunk before they are warped,
in each direction by itself, so that far walls neither shimmer nor blur.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Colour3 = tuple[float, float, float]

NEAR_M = 1.2
"""Nothing closer to the eye than this is drawn."""


@dataclass(frozen=True, slots=True)
class Post:
    """One upright edge of a piece: two points of the world at the same z."""

    z: float
    foot: tuple[float, float]
    """x and y of the lower end."""
    head: tuple[float, float]
    """x and y of the upper end."""

    def towards(self, other: Self, share: float) -> "Post":
        """The post that lies `share` of the way to the other one."""
        return Post(
            _mix(self.z, other.z, share),
            (
                _mix(self.foot[0], other.foot[0], share),
                _mix(self.foot[1], other.foot[1], share),
            ),
            (
                _mix(self.head[0], other.head[0], share),
                _mix(self.head[1], other.head[1], share),
            ),
        )


@dataclass(frozen=True, slots=True)
class View:
    """A pinhole camera that looks along the road."""

    width: int
    height: int
    focal: float
    """In pixels."""
    centre: tuple[float, float]
    """The pixel where the road vanishes."""
    eye: tuple[float, float, float]

    def point(self, x: float, y: float, z: float) -> tuple[float, float]:
        """The pixel of a point of the world; its z must be beyond the eye's."""
        reach = self.focal / (z - self.eye[2])
        return (
            self.centre[0] + (x - self.eye[0]) * reach,
            self.centre[1] - (y - self.eye[1]) * reach,
        )

    def pixels_per_metre(self, z: float) -> float:
        """The size of a metre that faces the camera at this z."""
        return self.focal / max(z - self.eye[2], NEAR_M)


@dataclass(frozen=True, slots=True)
class Light:
    """What the air and the lamps do to a colour at some distance."""

    gain: Colour3
    haze: Colour3
    """Colour of the far air, 0 to 255."""
    haze_per_metre: float
    headlight: float = 0.0
    """Extra gain of our own headlights right before the car."""

    def mixing(self, distance_m: float, shade: float) -> NDArray[np.float64]:
        """A 3 x 4 matrix that turns premultiplied RGBA into lit and hazed RGB."""
        clear = math.exp(-self.haze_per_metre * distance_m)
        beam = self.headlight / (1.0 + (distance_m / 9.0) ** 2)
        matrix = np.zeros((3, 4))
        for i in range(3):
            matrix[i, i] = (self.gain[i] + beam) * shade * clear
            matrix[i, 3] = self.haze[i] / 255.0 * (1.0 - clear)
        return matrix


class Texture:
    """A premultiplied RGBA picture that hands out its shrunk copies."""

    def __init__(self, rgba: Image) -> None:
        self._levels: dict[tuple[int, int], Image] = {(0, 0): rgba}
        self.height, self.width = rgba.shape[:2]

    @classmethod
    def of(cls, rgb: Image | Floats, alpha: Image | Floats | None = None) -> Self:
        """From RGB and cover, both 0 to 255; without cover the whole is opaque."""
        colour = np.clip(rgb, 0, 255).astype(np.float32)
        cover = np.full(colour.shape[:2], 255, np.float32)
        if alpha is not None:
            cover = np.clip(alpha, 0, 255).astype(np.float32)
        colour *= cover[..., None] / 255.0
        return cls(np.dstack([colour, cover]).round().astype(np.uint8))

    def shrunk_to(self, width: float, height: float) -> Image:
        """The smallest stored copy that is no smaller than about this size."""
        level = (_halvings(self.width, width), _halvings(self.height, height))
        if level not in self._levels:
            size = (max(self.width >> level[0], 2), max(self.height >> level[1], 2))
            whole = self._levels[(0, 0)]
            self._levels[level] = _u8(cv2.resize(whole, size, None, 0, 0, 3))
        return self._levels[level]


def paint(
    canvas: Image,
    view: View,
    texture: Texture,
    posts: tuple[Post, Post],
    light: Light,
    shade: float = 1.0,
) -> None:
    """Draws a textured quad over the canvas, uint8 RGB [height, width, 3].

    Args:
        canvas: Changed in place.
        view: The camera.
        texture: Its left edge stands at the first post, its top at the heads.
        posts: What lies before `NEAR_M` is cut off.
        light: Light and air between the eye and the quad.
        shade: One more gain, for faces turned from the light.
    """
    for first, last in _spans(posts, view.eye[2]):
        a, b = posts[0].towards(posts[1], first), posts[0].towards(posts[1], last)
        corners = _corners(view, a, b)
        left, top, right, bottom = _box(corners, view.width, view.height)
        if left >= right or top >= bottom:
            continue
        source, matrix = _fitted(texture, corners, (first, last), (left, top))
        patch = cv2.warpPerspective(source, matrix, (right - left, bottom - top))
        distance = (a.z * b.z) ** 0.5 if min(a.z, b.z) > 0 else (a.z + b.z) / 2
        mixing = light.mixing(max(distance - view.eye[2], 0.0), shade)
        _cover(canvas[top:bottom, left:right], _u8(patch), mixing)


def _cover(below: Image, patch: Image, mixing: NDArray[np.float64]) -> None:
    colour = cv2.transform(patch, mixing)
    hole = cv2.cvtColor(255 - patch[..., 3], cv2.COLOR_GRAY2RGB)
    cv2.multiply(below, hole, below, 1 / 255)
    cv2.add(below, colour, below)


def _spans(posts: tuple[Post, Post], eye_z: float) -> Iterator[tuple[float, float]]:
    """The visible part of a quad, cut where its depth grows too much for one size."""
    start, end = posts[0].z - eye_z, posts[1].z - eye_z
    if max(start, end) <= NEAR_M:
        return
    if abs(end - start) < 1e-6:
        yield 0.0, 1.0
        return
    low, high = sorted(((max(z, NEAR_M) - start) / (end - start)) for z in (start, end))
    near, far = sorted((start + low * (end - start), start + high * (end - start)))
    pieces = max(1, min(3, round(math.log(far / near, 2.2))))
    cuts = [near * (far / near) ** (i / pieces) for i in range(pieces + 1)]
    shares = sorted((z - start) / (end - start) for z in cuts)
    yield from pairwise(shares)


def _corners(view: View, a: Post, b: Post) -> Floats:
    z_a, z_b = (max(p.z, view.eye[2] + NEAR_M) for p in (a, b))
    return np.array(
        [
            view.point(*a.head, z_a),
            view.point(*b.head, z_b),
            view.point(*b.foot, z_b),
            view.point(*a.foot, z_a),
        ],
        np.float32,
    )


def _box(corners: Floats, width: int, height: int) -> tuple[int, int, int, int]:
    low = np.floor(corners.min(axis=0)) - 1
    high = np.ceil(corners.max(axis=0)) + 2
    left, top = int(max(low[0], 0)), int(max(low[1], 0))
    return left, top, int(min(high[0], width)), int(min(high[1], height))


def _fitted(
    texture: Texture,
    corners: Floats,
    span: tuple[float, float],
    origin: tuple[int, int],
) -> tuple[Image, NDArray[np.float64]]:
    """The texture at the right size, and the way of its pixels into the patch."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    across = (sides[0] + sides[2]) / 2 / max(span[1] - span[0], 1e-6)
    source = texture.shrunk_to(float(across), float(sides[1] + sides[3]) / 2)
    height, width = source.shape[:2]
    u0, u1 = span[0] * width - 0.5, span[1] * width - 0.5
    flat = np.array(
        [[u0, -0.5], [u1, -0.5], [u1, height - 0.5], [u0, height - 0.5]], np.float32
    )
    if span != (0.0, 1.0):  # the quad was cut: pixels beyond the cut belong elsewhere
        low, high = max(math.floor(u0 - 1), 0), min(math.ceil(u1 + 2), width)
        source = np.ascontiguousarray(source[:, low:high])
        flat[:, 0] -= low
    target = corners - np.array(origin, np.float32)
    matrix = cv2.getPerspectiveTransform(flat, target)
    return source, np.asarray(matrix, np.float64)


def _halvings(have: int, want: float) -> int:
    return max(0, min(7, math.floor(math.log2(have / max(want, 1.0)) + 0.35)))


def _mix(a: float, b: float, share: float) -> float:
    return a + (b - a) * share


def as_rgb(colour: tuple[float, ...]) -> Floats:
    """A colour as numbers that multiply and add to pictures."""
    return np.array(colour, np.float32)


def _u8(array: object) -> Image:
    return np.asarray(array, np.uint8)
