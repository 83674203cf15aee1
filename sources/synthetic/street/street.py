"""A street drawn by the program itself, as a camera behind a windscreen sees it.

It stands in for footage wherever none is at hand: houses, trees, signs and traffic with
texture at every scale, by day and by night, the same for the same seed and index.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from sources.synthetic.street.ground import lay_ground, look_down, pavement_mask
from sources.synthetic.street.scene import (
    LOOP_M,
    SIGHT_M,
    Driving,
    build_scene,
    paint_houses,
    paint_things,
)
from sources.synthetic.street.texture import Rng, clouds, noise
from sources.synthetic.street.view import Image, Light, View, as_rgb

SMALLEST = 16
"""Pixels of the shorter side that can be drawn."""
_SPEED_M_PER_S = 9.5
_ONCOMING_M_PER_S = 10.5
_ONCOMING_STEP_M = 52.0

_NOISE_MARGIN = 96
_NOISE_LEVELS = 24.0

_DAY = Light((1.12, 1.12, 1.11), (176.0, 186.0, 194.0), 0.0058)
_NIGHT = Light((1.0, 1.0, 1.0), (30.0, 29.0, 33.0), 0.0062)
_NIGHT_THINGS = Light((0.30, 0.26, 0.22), (30.0, 29.0, 33.0), 0.0062, 0.6)


@dataclass(frozen=True, slots=True)
class _Hour:
    """What differs between day and night."""

    night: bool
    sky: Image
    floor: list[Image]
    walls: Light
    things: Light
    mirror: float
    """How strongly the wet road mirrors."""
    grain: float
    """Deviation of the sensor's noise, in levels."""


class Street:
    """An endless drive through one street.

    Args:
        width: Of the pictures, in pixels, from `SMALLEST` on.
        height: Of the pictures, in pixels, from `SMALLEST` on.
        seed: Another seed is another street.
        rate: Pictures of one second of driving.

    Raises:
        ValueError: The size or the rate cannot be drawn.
    """

    def __init__(
        self, width: int, height: int, *, seed: int = 0, rate: float = 25
    ) -> None:
        if min(width, height) < SMALLEST:
            raise ValueError(
                f"A drawn street must be at least {SMALLEST} x {SMALLEST} pixels, "
                f"got {width} x {height}."
            )
        if not 0 < rate < math.inf:
            raise ValueError(f"The rate of a drawn street must be above 0, got {rate}.")
        self._size = (width, height)
        self._rate = rate
        self._focal = 1.05 * math.sqrt(width * height)
        rng = np.random.default_rng(seed)
        detail = min(max(self._focal / 504, 0.12), 1.4)
        self._scene = build_scene(rng, detail)
        ground = lay_ground(rng, detail)
        self._wetness = ground.wetness
        self._day = _Hour(
            False, self._sky(rng, False), ground.by_day, _DAY, _DAY, 0.72, 1.6
        )
        self._night = _Hour(
            True, self._sky(rng, True), ground.by_night, _NIGHT, _NIGHT_THINGS, 1.0, 2.4
        )
        self._noise = _sensor_noise(rng, width, height)
        self._headlights = _headlights(width, height, self._focal)

    def frame(self, index: int, darkness: float = 0.0) -> Image:
        """Draws one picture, uint8 RGB [height, width, 3].

        Args:
            index: Counts the pictures from 0; the same index gives the same picture.
            darkness: 0 is day, 1 is night, between them is dusk.
        """
        if darkness <= 0:
            picture = self._lit(index, self._day)
        elif darkness >= 1:
            picture = self._lit(index, self._night)
        else:
            day, night = (self._lit(index, h) for h in (self._day, self._night))
            picture = _u8(cv2.addWeighted(day, 1 - darkness, night, darkness, 0))
        grain = self._day.grain + (self._night.grain - self._day.grain) * darkness
        return self._through_the_lens(picture, index, grain)

    def _lit(self, index: int, hour: _Hour) -> Image:
        seconds = index / self._rate
        view = self._view(seconds)
        horizon = min(max(int(view.centre[1]) + 1, 1), view.height - 2)
        canvas = np.empty((view.height, view.width, 3), np.uint8)
        self._backdrop(canvas, hour, seconds, horizon)
        floor = look_down(view, hour.floor, horizon)
        if hour.night:
            beam = self._headlights[horizon:]
            asphalt = look_down(view, self._day.floor, horizon)
            cv2.add(floor, cv2.multiply(asphalt, beam, None, 1 / 255), floor)
        _into_haze(floor, view, hour.walls, horizon)
        canvas[horizon:] = floor
        paint_houses(canvas, view, self._scene, hour.walls, hour.night)
        self._wet_floor(canvas, floor, view, hour.mirror)
        traffic = self._traffic(seconds, view.eye[2])
        paint_things(canvas, view, self._scene, traffic, hour.things, hour.night)
        return _bloomed(canvas) if hour.night else canvas

    def _view(self, seconds: float) -> View:
        """The camera sways a little on its mount."""
        width, height = self._size
        bob = 0.0022 * math.sin(11.3 * seconds) + 0.0018 * math.sin(7.1 * seconds)
        yaw = 0.010 * math.sin(0.41 * seconds) + 0.004 * math.sin(1.3 * seconds)
        return View(
            width,
            height,
            self._focal,
            ((0.5 + yaw) * width, (0.47 + bob) * height),
            (
                1.72 + 0.16 * math.sin(0.29 * seconds),
                1.42,
                _SPEED_M_PER_S * seconds % LOOP_M,
            ),
        )

    def _sky(self, rng: Rng, night: bool) -> Image:
        width, height = self._size
        rows = max(int(height * 0.5) + 2, 8)
        sky = clouds(rng, rows, 2 * width, night)
        skyline = noise(rng, 1, 2 * width, 1.1)[0] * 0.022 + 0.05
        leaves = noise(rng, 64, 2 * width, 0.5)
        up = (rows - np.arange(rows, dtype=np.float32))[:, None] / height
        trees = np.clip((skyline[None] - up) * height / 2 + 0.5, 0, 1)[..., None]
        far = as_rgb((17, 18, 22) if night else (112, 122, 122))
        grain = 1 + 0.05 * leaves[np.arange(rows) % 64][..., None]
        return np.clip(sky * (1 - trees) + far * grain * trees, 0, 255).astype(np.uint8)

    def _backdrop(
        self, canvas: Image, hour: _Hour, seconds: float, horizon: int
    ) -> None:
        """The clouds drift; the sky turns with the camera."""
        width = self._size[0]
        rows = min(hour.sky.shape[0], horizon)
        shift = int(2 * width + 0.004 * width * seconds) % (2 * width)
        columns = np.arange(shift, shift + width) % (2 * width)
        canvas[: horizon - rows] = hour.sky[0, columns]
        canvas[horizon - rows : horizon] = hour.sky[-rows:, columns]

    def _traffic(self, seconds: float, eye_z: float) -> list[Driving]:
        """One car ahead of us, and others that come towards us."""
        cars = self._scene.cars
        gap = 15.0 + 5.0 * math.sin(0.23 * seconds) + 1.5 * math.sin(0.61 * seconds)
        traffic = [Driving(cars[0], 1.75, eye_z + gap, 1)]
        closing = (_SPEED_M_PER_S + _ONCOMING_M_PER_S) * seconds
        first = math.floor(closing / _ONCOMING_STEP_M)
        for k in range(first, first + 5):
            near = k * _ONCOMING_STEP_M + 9.0 * math.sin(2.4 * k) - closing + 12.0
            if 1.5 < near < SIGHT_M:
                car = cars[1 + k % (len(cars) - 1)]
                traffic.append(Driving(car, -1.8, eye_z + near, -1))
        return traffic

    def _wet_floor(
        self, canvas: Image, floor: Image, view: View, mirror: float
    ) -> None:
        """Lays the road over the houses' feet, with their picture mirrored in it."""
        width, rows = view.width, floor.shape[0]
        horizon = view.height - rows
        small = (max(width // 4, 2), max(rows // 4, 2))
        above = canvas[max(horizon - rows, 0) : horizon][::-1]
        mirrored = cv2.resize(above, small, None, 0, 0, cv2.INTER_AREA)
        mirrored = cv2.blur(mirrored, (3, max(3, small[1] // 7 | 1)))
        mirrored = cv2.resize(mirrored, (width, rows), None, 0, 0, cv2.INTER_LINEAR)
        wet = look_down(view, self._wetness, horizon)
        down = (np.arange(rows, dtype=np.float32) + 1) / self._focal
        grazing = np.exp(-down / 0.16) * 0.85 + 0.13
        share = cv2.multiply(
            wet,
            (255 * mirror * grazing)[:, None].repeat(width, 1),
            None,
            1 / 255,
            cv2.CV_8U,
        )
        share3 = cv2.cvtColor(_u8(share), cv2.COLOR_GRAY2RGB)
        shining = cv2.multiply(_u8(mirrored), share3, None, 1 / 255)
        wetted = cv2.add(cv2.multiply(floor, 255 - share3, None, 1 / 255), shining)
        mask = cv2.cvtColor(pavement_mask(view, horizon), cv2.COLOR_GRAY2RGB)
        below = canvas[horizon:]
        cv2.multiply(below, 255 - mask, below, 1 / 255)
        cv2.add(below, cv2.multiply(wetted, mask, None, 1 / 255), below)

    def _through_the_lens(self, picture: Image, index: int, grain: float) -> Image:
        """A little blur and the noise of the sensor."""
        picture = _u8(cv2.GaussianBlur(picture, (3, 3), 0.5))
        rng = np.random.default_rng(index)
        top, left = (int(v) for v in rng.integers(0, _NOISE_MARGIN, 2))
        height, width = picture.shape[:2]
        noisy = self._noise[top : top + height, left : left + width]
        weight = grain / _NOISE_LEVELS
        return _u8(cv2.addWeighted(picture, 1, noisy, weight, -128 * weight))


def _sensor_noise(rng: Rng, width: int, height: int) -> Image:
    shape = (height + _NOISE_MARGIN, width + _NOISE_MARGIN, 3)
    grey = rng.standard_normal((*shape[:2], 1), np.float32)
    field = 0.8 * grey + 0.6 * rng.standard_normal(shape, np.float32)
    field = np.asarray(cv2.GaussianBlur(field, (3, 3), 0.55), np.float32)
    levels = field * (_NOISE_LEVELS / float(field.std())) + 128
    return np.clip(levels, 0, 255).astype(np.uint8)


def _headlights(width: int, height: int, focal: float) -> Image:
    """The share of day that our own lamps give the road, 0 to 255."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    down = np.maximum((y - 0.47 * height) / focal, 1e-3)
    side = (x - 0.5 * width) / focal
    far = 1.42 / down
    beam = np.exp(-((side / 0.42) ** 2)) * np.exp(-(((down - 0.10) / 0.11) ** 2))
    share = 0.8 * beam / (1 + (far / 30) ** 2)
    tint = as_rgb((1.0, 0.95, 0.84))
    return np.clip(255 * share[..., None] * tint, 0, 255).astype(np.uint8)


def _into_haze(floor: Image, view: View, light: Light, horizon: int) -> None:
    rows = np.arange(horizon, view.height, dtype=np.float32) + 0.5
    depth = view.focal * view.eye[1] / np.maximum(rows - view.centre[1], 0.05)
    hazy = np.flatnonzero(light.haze_per_metre * depth > 0.04)
    if len(hazy) == 0:
        return
    part = floor[: int(hazy[-1]) + 1]
    clear = np.exp(-light.haze_per_metre * depth[: len(part)])[:, None, None]
    part[:] = (part * clear + as_rgb(light.haze) * (1 - clear)).astype(np.uint8)


def _bloomed(picture: Image) -> Image:
    """What is bright spills into its surroundings."""
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(width // 4, 2), max(height // 4, 2)), None, 0, 0, 3
    )
    bright = cv2.subtract(_u8(small), np.full_like(_u8(small), 110))
    spread = cv2.GaussianBlur(bright, (0, 0), max(width / 90, 0.5))
    large = cv2.resize(spread, (width, height), None, 0, 0, cv2.INTER_LINEAR)
    return _u8(cv2.addWeighted(picture, 1, _u8(large), 0.8, 0))


def _u8(array: object) -> Image:
    return np.asarray(array, np.uint8)
