"""A textured scene and rain for it, drawn: what the temporal step is tested with."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sources.synthetic.falling_rain import FallingRain

Picture = NDArray[np.uint8]

HEIGHT, WIDTH = 120, 160


def scene(height: int = HEIGHT, width: int = WIDTH, *, seed: int = 1) -> Picture:
    """Returns soft blotches of colour: enough texture for flow, no more."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 1, (height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.clip(110 + 220 * soft, 20, 190).astype(np.uint8)


def rain(picture: Picture, seed: int, *, streaks: int = 60) -> Picture:
    """Returns the picture with slanted bright streaks, others for each seed."""
    rng = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    light = np.zeros((height, width), np.uint8)
    for x, y in rng.integers((0, 0), (width, height), (streaks, 2)):
        cv2.line(light, (int(x), int(y)), (int(x) + 3, int(y) + 14), 60)
    return np.asarray(cv2.add(picture, cv2.merge([light] * 3)), np.uint8)


def faint_scene(height: int, width: int, *, seed: int = 1) -> Picture:
    """Returns the scene with a third of its contrast, as asphalt has."""
    texture = scene(height, width, seed=seed).astype(float) - 110
    return np.asarray((100 + 0.3 * texture).round(), np.uint8)


def dense_rain(count: int, *, seed: int = 1) -> list[Picture]:
    """Returns frames of a camera that stands still before faint texture in a shower."""
    ground = faint_scene(240, 320, seed=seed)
    shower = FallingRain(320, 240, intensity=0.7, seed=3)
    return [shower.apply(ground, 50 + n) for n in range(count)]


def psnr(picture: Picture, truth: Picture) -> float:
    """Returns the peak signal-to-noise ratio in dB."""
    error = float(np.mean((picture.astype(float) - truth) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def rainy_pair(seed: int = 0) -> tuple[Picture, Picture]:
    dry = scene()
    return rain(dry, seed, streaks=150), dry


def dry_pair() -> tuple[Picture, Picture]:
    """A railing that the network takes for rain, in one corner."""
    frame = scene()
    derained = frame.copy()
    derained[80:110, 10:30:3] //= 2
    return frame, derained
