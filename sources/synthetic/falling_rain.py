"""Rain that moves: streaks that fall through a picture from frame to frame.

Near streaks are long, wide, fast and out of focus; far ones are short, thin and many.
Where a streak is depends on time alone, so any frame can be drawn by itself. Night rain
shows only where there is light (streak amplitude 0.15 + 0.85 x local light).
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SUBPIXEL_BITS = 4
_STRENGTHS = (0.45, 0.7, 1.0)
"""Streaks come in these classes of brightness: one drawing call for each."""
_TAPER = ((0.5, 0.35), (0.36, 0.7), (0.2, 1.0))
"""Half length and brightness of the strokes that make a streak fade at its ends."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """All drops of one distance; lengths in pixels of a picture of 480 x 480's area."""

    drops: int
    """How many of them at full intensity."""
    fall: float
    """Pixels in one second."""
    thickness: float
    defocus: float
    amplitude: float


_LAYERS = (
    _Layer(4200, 420.0, 0.75, 0.0, 0.24),
    _Layer(2000, 760.0, 0.95, 0.4, 0.36),
    _Layer(620, 1350.0, 1.3, 0.5, 0.50),
    _Layer(120, 2300.0, 2.2, 1.1, 0.50),
    _Layer(16, 3700.0, 5.0, 3.0, 0.32),
)
_GUSTS = ((0.055, 0.37), (0.035, 0.91), (0.018, 2.1))
"""How far each gust turns the fall line, and its speed in radians a second."""
_SHUTTER_S = 0.020
"""Exposure: how long a drop draws its streak."""


class FallingRain:
    """Rain over a stream of pictures of one size.

    Args:
        width: Of the pictures, in pixels.
        height: Of the pictures, in pixels.
        intensity: 0 is none, 0.15 drizzle, 0.5 rain, 1 a heavy shower.
        seed: Another seed is another shower.
        rate: Pictures of one second.

    Raises:
        ValueError: The intensity is outside 0 to 1, or the size or rate not positive.
    """

    def __init__(
        self,
        width: int,
        height: int,
        *,
        intensity: float = 0.6,
        seed: int = 0,
        rate: float = 25,
    ) -> None:
        if not 0 <= intensity <= 1:
            raise ValueError(f"Rain intensity must be from 0 to 1, got {intensity}.")
        if min(width, height) < 1 or not 0 < rate < math.inf:
            raise ValueError(
                "Rain needs a size and a rate above 0, "
                f"got {width} x {height} at {rate} pictures a second."
            )
        self._size = (width, height)
        self._scale = math.sqrt(width * height) / 480
        self._intensity = intensity
        self._rate = rate
        rng = np.random.default_rng(seed)
        self._phases = rng.uniform(0, 2 * np.pi, len(_GUSTS))
        self._lean = float(rng.normal(0, 0.13))
        crowd = intensity**0.85
        counts = [round(layer.drops * crowd) for layer in _LAYERS]
        self._drops = [rng.uniform(0, 1, (count, 4)) for count in counts]
        self._sheets = _sheets(rng)

    def apply(self, picture: Image, index: int) -> Image:
        """Lets it rain over one picture.

        Args:
            picture: uint8 RGB [height, width, 3] of the size given at first; kept.
            index: Which frame of the stream it is, from 0.

        Returns:
            A new picture of the same form.

        Raises:
            ValueError: The picture has another size or type.
        """
        width, height = self._size
        if picture.dtype != np.uint8 or picture.shape != (height, width, 3):
            raise ValueError(
                f"FallingRain was made for uint8 [{height}, {width}, 3], "
                f"got {picture.dtype} {list(picture.shape)}."
            )
        if self._intensity == 0:
            return picture.copy()
        seconds = index / self._rate
        light = _local_light(picture)
        return self._lit(self._veiled(picture, light, seconds), light, seconds)

    def lean(self, seconds: float) -> float:
        """Tangent of the streaks' angle: sideways for each pixel downwards."""
        gusts = zip(_GUSTS, self._phases, strict=True)
        return self._lean + sum(
            size * math.sin(speed * seconds + phase) for (size, speed), phase in gusts
        )

    def _path(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The integral of the lean over time."""
        path = self._lean * seconds
        for (size, speed), phase in zip(_GUSTS, self._phases, strict=True):
            path = path - size / speed * np.cos(speed * seconds + phase)
        return path

    def streaks(self, seconds: float) -> Image:
        """The brightness of the streaks alone, uint8 [height, width]."""
        width, height = self._size
        total = np.zeros((height, width), np.uint8)
        for layer, drops in zip(_LAYERS, self._drops, strict=True):
            if len(drops):
                drawn = self._drawn(layer, drops, seconds)
                cv2.add(total, drawn, total)
        return total

    def _drawn(
        self, layer: _Layer, drops: NDArray[np.float64], seconds: float
    ) -> Image:
        width, height = self._size
        scale = self._scale
        x, y, length = self._places(layer, drops, seconds)
        # The bands of wind between the drops: no two streaks are quite parallel.
        tilt = self.lean(seconds) + 0.05 * (drops[:, 2] - 0.5)
        canvas = np.zeros((height, width), np.uint8)
        thick = max(1, int(layer.thickness * scale + 0.15))
        thin = min(1.0, layer.thickness * scale) if thick == 1 else 1.0
        kinds = (drops[:, 3] * len(_STRENGTHS)).astype(int)
        for half, part in _TAPER:
            for kind, strength in enumerate(_STRENGTHS):
                own = kinds == kind
                reach = np.stack([tilt, np.ones_like(tilt)], 1)[own]
                reach *= (length[own] * half)[:, None]
                middle = np.stack([x, y], 1)[own]
                ends = np.stack([middle - reach, middle + reach], 1)
                level = 255 * layer.amplitude * strength * part * thin
                _strokes(canvas, ends, level, thick)
        if layer.defocus * scale > 0.3:
            sigma = layer.defocus * scale
            return np.asarray(cv2.GaussianBlur(canvas, (0, 0), sigma), np.uint8)
        return canvas

    def _places(
        self, layer: _Layer, drops: NDArray[np.float64], seconds: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Centres and lengths in pixels; a drop that has left enters anew elsewhere."""
        width, height = self._size
        fall = layer.fall * self._scale * (0.85 + 0.3 * drops[:, 2])
        length = fall * _SHUTTER_S * (0.7 + 0.6 * drops[:, 3])
        longest = layer.fall * self._scale * 1.15 * _SHUTTER_S * 1.3
        tall = height + 2 * longest
        fallen = drops[:, 1] + fall * seconds / tall
        turn = np.floor(fallen)
        y = (fallen - turn) * tall - longest
        # Sideways only the wind since the drop's own entry counts.
        entered = seconds - (fallen - turn) * tall / fall
        drift = (self._path(np.array(seconds)) - self._path(entered)) * fall
        wide = width + height
        x = (drops[:, 0] + 0.618034 * turn) % 1.0 * wide - height / 2 + drift
        return x, y, length

    def _veiled(self, picture: Image, light: Floats, seconds: float) -> Image:
        """Far drops melt into a veil that is thickest where the street is deepest."""
        width, height = self._size
        rows, columns = light.shape[:2]
        y = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / rows
        depth = np.where(y < 0.47, 0.8 + 0.2 * y / 0.47, np.exp(-(y - 0.47) / 0.16))
        across = np.arange(columns)[None] * 96 // columns
        shift = int(96 * 0.05 * seconds)
        sheet = self._sheets[
            np.arange(rows)[:, None] * 48 // rows, (across + shift) % 96
        ]
        share = self._intensity * (0.06 + 0.30 * depth) * (1 + 0.22 * sheet)
        share = np.clip(255 * share, 0, 230).astype(np.uint8)[..., None].repeat(3, 2)
        air = cv2.GaussianBlur(light, (0, 0), max(columns / 10, 0.5))
        air = (0.92 * air.mean(axis=2, keepdims=True) + 0.08 * air).clip(0, 255)
        large = cv2.resize(share, (width, height), None, 0, 0, cv2.INTER_LINEAR)
        glow = cv2.multiply(share, air.astype(np.uint8), None, 1 / 255)
        added = cv2.resize(glow, (width, height), None, 0, 0, cv2.INTER_LINEAR)
        kept = cv2.multiply(picture, cv2.bitwise_not(large), None, 1 / 255)
        return np.asarray(cv2.add(kept, added), np.uint8)

    def _lit(self, picture: Image, light: Floats, seconds: float) -> Image:
        """Screens the streaks over the picture, each as bright as the light around."""
        shine = 0.55 * light + 0.45 * light.mean(axis=2, keepdims=True)
        shine = np.clip(255 * 0.15 + 0.85 * 1.55 * shine, 0, 255).astype(np.uint8)
        shine = cv2.resize(shine, self._size, None, 0, 0, cv2.INTER_LINEAR)
        drawn = cv2.cvtColor(self.streaks(seconds), cv2.COLOR_GRAY2RGB)
        bright = cv2.multiply(drawn, shine, None, 1 / 255)
        added = cv2.multiply(bright, cv2.bitwise_not(picture), None, 1 / 255)
        return np.asarray(cv2.add(picture, added), np.uint8)


def _strokes(
    canvas: Image, ends: NDArray[np.float64], level: float, thick: int
) -> None:
    fixed = np.round(ends * 2**_SUBPIXEL_BITS).astype(np.int32)
    cv2.polylines(canvas, list(fixed), False, level, thick, cv2.LINE_AA, _SUBPIXEL_BITS)


def _local_light(picture: Image) -> Floats:
    """The light around each place, float32 RGB 0 to 255 at an eighth of the size."""
    height, width = picture.shape[:2]
    small = (max(width // 8, 1), max(height // 8, 1))
    light = cv2.resize(picture, small, None, 0, 0, cv2.INTER_AREA).astype(np.float32)
    close = cv2.GaussianBlur(light, (0, 0), max(small[0] / 26, 0.3))
    around = cv2.GaussianBlur(light, (0, 0), max(small[0] / 10, 0.3))
    return np.asarray(0.5 * close + 0.5 * around, np.float32)


def _sheets(rng: np.random.Generator) -> Floats:
    """Slow waves in the density of the rain, [48, 96], from side to side seamless."""
    field = rng.standard_normal((48, 96 * 3), np.float32)
    field[:, :96] = field[:, 192:] = field[:, 96:192]
    waves = np.asarray(cv2.GaussianBlur(field, (0, 0), 7.0), np.float32)[:, 96:192]
    return np.asarray(waves / max(float(waves.std()), 1e-6), np.float32)
