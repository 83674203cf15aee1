"""Surfaces of the drawn street: stone, asphalt, brick, plaster, leaves and clouds.

All detail starts as noise whose power falls with frequency as in photographs of
natural scenes, so that no surface is flat at any scale.
"""

import cv2
import numpy as np

from sources.synthetic.street.view import Floats, Image, as_rgb

Rng = np.random.Generator


def noise(rng: Rng, height: int, width: int, slope: float = 1.0) -> Floats:
    """Noise with amplitude 1 / frequency ** slope, mean 0, deviation 1.

    It repeats without a seam in both directions. Slope 1 is the one of photographs;
    0 is white, 2 is clouds.
    """
    spectrum = np.fft.rfft2(rng.standard_normal((height, width), np.float32))
    rows = np.fft.fftfreq(height)[:, None] * height
    columns = np.fft.rfftfreq(width)[None, :] * width
    radius = np.hypot(rows, columns)
    radius[0, 0] = 1.0
    spectrum /= radius**slope
    spectrum[0, 0] = 0.0
    field = np.fft.irfft2(spectrum, (height, width)).astype(np.float32)
    return np.asarray(field / max(float(field.std()), 1e-6), np.float32)


def fitted(field: Floats, height: int, width: int) -> Floats:
    """Repeats and cuts a seamless field to a size."""
    times = (-(-height // field.shape[0]), -(-width // field.shape[1]))
    return np.tile(field, times)[:height, :width]


def tinted(shade: Floats, colour: tuple[float, float, float]) -> Floats:
    """RGB 0 to 255 from a colour and a gain for each pixel."""
    return np.asarray(shade[..., None] * np.array(colour, np.float32), np.float32)


def smooth(image: Floats, sigma_x: float, sigma_y: float) -> Floats:
    """Gaussian blur with its own width in each direction, in pixels."""
    blurred = cv2.GaussianBlur(
        image, (0, 0), max(sigma_x, 0.05), None, max(sigma_y, 0.05)
    )
    return np.asarray(blurred, np.float32)


def supersampled(image: Image, factor: int) -> Image:
    """Shrinks a drawing made `factor` times too large: its edges become smooth."""
    size = (image.shape[1] // factor, image.shape[0] // factor)
    return np.asarray(cv2.resize(image, size, None, 0, 0, cv2.INTER_AREA), np.uint8)


def plaster(
    rng: Rng, height: int, width: int, colour: tuple[float, float, float]
) -> Floats:
    """A painted wall with stains that run down it."""
    grain = noise(rng, 256, 256, 0.6)
    stains = cv2.resize(noise(rng, 64, 64, 1.3), (width, height), None, 0, 0, 2)
    runs = smooth(noise(rng, height, width, 0.3), 1.0, height / 12)
    runs /= max(float(runs.std()), 1e-6)
    shade = 1 + 0.055 * fitted(grain, height, width) + 0.05 * stains + 0.035 * runs
    return tinted(np.asarray(shade, np.float32), colour)


def bricks(
    rng: Rng,
    height: int,
    width: int,
    colour: tuple[float, float, float],
    brick_px: float,
) -> Floats:
    """A brick wall; `brick_px` is the height of one course in pixels."""
    course = max(brick_px, 2.0)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    row = np.floor(y / course).astype(int)
    along = x / (course * 2.8) + 0.5 * (row % 2)
    column = np.floor(along).astype(int)
    tone = rng.normal(1, 0.13, (64, 64)).astype(np.float32)[row % 64, column % 64]
    joint_y = np.abs(y / course - row - 0.5) > 0.5 - 0.09
    joint_x = np.abs(along - column - 0.5) > 0.5 - 0.035
    grain = fitted(noise(rng, 256, 256, 0.5), height, width)
    wall = tinted(tone * (1 + 0.07 * grain), colour)
    wall[joint_x | joint_y] = np.array(colour, np.float32) * 0.45 + 70
    stains = cv2.resize(noise(rng, 64, 64, 1.3), (width, height), None, 0, 0, 2)
    return np.asarray(
        smooth(wall, 0.5, 0.5) * (1 + 0.07 * stains[..., None]), np.float32
    )


def roof_tiles(
    rng: Rng, height: int, width: int, colour: tuple[float, float, float]
) -> Floats:
    """Rows of roof tiles, each row shaded towards its lower edge."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    course = max(height / 14, 2.0)
    down = y / course % 1.0
    wave = np.cos(x / course * 2 * np.pi * 0.8)
    tone = rng.normal(1, 0.1, (64, 128)).astype(np.float32)
    patch = tone[(y / course).astype(int) % 64, (x / course).astype(int) % 128]
    shade = patch * (0.75 + 0.35 * down + 0.1 * wave)
    shade += 0.08 * fitted(noise(rng, 256, 256, 1.0), height, width)
    return tinted(np.asarray(shade, np.float32), colour)


def clouds(rng: Rng, height: int, width: int, night: bool) -> Image:
    """A sky, lighter at the horizon, uint8 RGB; it repeats from side to side."""
    field = noise(rng, 256, 512, 1.65)
    field = np.asarray(
        cv2.resize(field, (width, 2 * height), None, 0, 0, 2), np.float32
    )
    field = field[:height] * 0.8 + 0.25 * fitted(
        noise(rng, 256, 256, 1.2), height, width
    )
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    cover = (1 / (1 + np.exp(-1.7 * (field + 0.7))))[..., None]
    top, low = (
        ((104, 128, 158), (186, 196, 203)) if not night else ((9, 12, 20), (38, 36, 40))
    )
    white, grey = ((222, 224, 226), (146, 151, 160))
    if night:
        white, grey = ((40, 39, 44), (19, 20, 27))
    blue = as_rgb(top) * (1 - down) + as_rgb(low) * down
    lit = 1 / (1 + np.exp(-2.2 * np.roll(field, width // 60, 1)))
    cloud = as_rgb(grey) + lit[..., None] * (as_rgb(white) - as_rgb(grey))
    cloud = cloud * (1 - 0.35 * down) + as_rgb(low) * 0.35 * down
    return np.clip(blue * (1 - cover) + cloud * cover, 0, 255).astype(np.uint8)


def foliage(
    rng: Rng, size: int, colour: tuple[float, float, float]
) -> tuple[Floats, Floats]:
    """A crown of leaves, [size, size]: RGB 0 to 255 and cover 0 to 255."""
    y, x = (np.mgrid[0:size, 0:size].astype(np.float32) + 0.5) / size
    body = np.full((size, size), -1.0, np.float32)
    light = np.zeros((size, size), np.float32)
    for _ in range(30):
        turn, out = rng.uniform(0, 2 * np.pi), 0.31 * np.sqrt(rng.uniform())
        centre = (0.5 + out * np.cos(turn), 0.5 + out * np.sin(turn))
        reach = rng.uniform(0.12, 0.21)
        bump = 1 - np.hypot(x - centre[0], y - centre[1]) / reach
        front = bump > body
        body = np.maximum(body, bump)
        side = (centre[1] - y + 0.5 * (centre[0] - x)) / reach
        light = np.where(front & (bump > 0), side, light)
    leaves = noise(rng, size, size, 0.45)
    clumps = noise(rng, size, size, 1.1)
    edge = body + 0.16 * np.clip(leaves, -2, 2) + 0.12 * clumps - 0.16
    cover = np.clip(edge * 7, 0, 1) * 255
    shade = 0.62 + 0.30 * smooth(light, size / 60, size / 60) + 0.17 * leaves
    shade += 0.10 * clumps + 0.25 * (0.5 - y)
    shade = np.clip(shade, 0.12, 1.7)
    rgb = tinted(np.asarray(shade, np.float32), colour)
    rgb[..., 0] += 10 * np.clip(leaves, 0, 2)
    return rgb, np.asarray(cover, np.float32)
