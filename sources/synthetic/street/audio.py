"""What the drive through the drawn street sounds like: engine, tyres, rain, horns."""

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
_PASSING_S = 2.6
"""From one oncoming car to the next."""


def street_audio(seconds: float, *, rainy: bool, seed: int = 0) -> NDArray[np.int16]:
    """Makes stereo audio, [samples, 2] at `SAMPLE_RATE`, the same for the same seed."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    rng = np.random.default_rng(seed)
    hiss = rng.standard_normal((3, len(time)))
    left = right = _engine(time) + 0.035 * _low(hiss[0], 60)
    for passing in np.arange(1.1, seconds, _PASSING_S):
        near = np.exp(-(((time - passing) / 0.35) ** 2))
        swish = 0.10 * near * _low(hiss[1], 12)
        left, right = left + swish, right + 0.45 * swish
    horn = _horn(time, 0.55 * seconds)
    left, right = left + horn, right + 0.6 * horn
    if rainy:
        left = left + 0.05 * hiss[1] + 0.05 * _low(hiss[1], 5) + _drops(rng, len(time))
        right = (
            right + 0.05 * hiss[2] + 0.05 * _low(hiss[2], 5) + _drops(rng, len(time))
        )
    both = np.tanh(np.stack([left, right], axis=1))
    return np.asarray((both * 32000).round(), np.int16)


def _engine(time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Harmonics over a hum whose pitch follows the driver's foot."""
    turns = 2 * np.pi * (46 * time - 3.0 * np.cos(0.8 * time) / 0.8)
    hum = sum(np.sin(k * turns + k) / k**1.3 for k in (1, 2, 3, 4, 6))
    return np.asarray(0.07 * hum * (1 + 0.12 * np.sin(turns / 2)))


def _horn(time: NDArray[np.float64], at: float) -> NDArray[np.float64]:
    """Two notes from a car that goes by; their pitch drops as it passes."""
    since = time - at
    loud = np.clip(since / 0.03, 0, 1) * np.clip((0.6 - since) / 0.1, 0, 1)
    pitch = 2 * np.pi * (since - 0.05 * np.maximum(since - 0.3, 0))
    notes = sum(np.sin(f * pitch) + 0.4 * np.sin(2 * f * pitch) for f in (415, 523))
    return np.asarray(0.06 * loud * notes)


def _drops(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Single drops that hit the roof."""
    ticks = np.zeros(count)
    places = rng.integers(0, max(count, 1), count * 60 // SAMPLE_RATE)
    ticks[places] = rng.uniform(0.1, 0.5, len(places))
    knock = np.exp(-np.arange(400) / 70) * np.sin(np.arange(400) * 0.31)
    return np.asarray(np.convolve(ticks, knock)[:count])


def _low(noise: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Noise without its high part, at its old loudness."""
    total = np.cumsum(np.pad(noise, (width, 0), mode="wrap"))
    return np.asarray((total[width:] - total[:-width]) / width**0.5)
