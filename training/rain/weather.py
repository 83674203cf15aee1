"""What rain does to a picture besides its streaks, and how both are laid over it."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from training.rain.codec_artifacts import compressed
from training.rain.sampling import chosen, column, uniform
from training.rain.scenery import with_flakes, with_lamps
from training.rain.streaks import Pictures, RainMaps
from training.rain.things.thin_things import with_thin_things


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What else the rain does to a picture, as chances and ranges."""

    screen: float = 0.35
    """Chance that streaks hide what is behind them, in the light of the sky, instead of
    adding their own."""
    tint: float = 0.1
    """Chance that the streaks' light is coloured."""
    veil: float = 0.25
    """Chance of a veil, thicker with more rain."""
    night: float = 0.08
    """Chance of night: dark, noisy, the streaks lit only where the scene is bright."""
    lamps: float = 0.5
    """Chance that lamps glow in a night picture; they stay in the truth."""
    flakes: float = 0.0
    """Chance of flakes or splashes, round and bright, which stay in the truth."""
    thin_things: float = 0.0
    """Chance of thin things (fences, wires, grass), which stay in the truth."""
    exposure: float = 0.25
    """Chance of another exposure of the clean picture."""
    noise: float = 0.25
    """Chance of sensor noise on the rainy picture."""
    compression: float = 0.3
    """Chance that a camera's encoder has been at the picture; what it did to the scene
    stays in the truth: the network is to take out rain, not to mend pictures."""
    dry: float = 0.04
    """Chance of no rain at all: a clean picture is to stay as it is."""


def expose(
    clean: Pictures, weather: Weather, generator: torch.Generator
) -> tuple[Pictures, Float[Tensor, "batch 1 1 1"]]:
    """Returns the pictures under another light, and which of them are at night."""
    count = len(clean)
    if weather.thin_things:  # part of the scene: its light and its night are theirs
        clean = with_thin_things(clean, weather.thin_things, generator)
    gamma = column(uniform(-0.4, 0.5, count, generator).exp())
    gain = column(uniform(0.7, 1.15, count, generator))
    other = (gain * clean.clamp(min=1e-4) ** gamma).clamp(0, 1)
    dark = clean.clamp(min=1e-4) ** column(uniform(1.5, 3.0, count, generator))
    night = chosen(weather.night, count, generator)
    clean = torch.where(chosen(weather.exposure, count, generator), other, clean)
    if weather.night and weather.lamps:
        dark = with_lamps(dark, weather.lamps, generator)
    clean = torch.where(night, dark, clean)
    if weather.flakes:
        clean = with_flakes(clean, weather.flakes, generator)
    return clean, night


def rain_on(
    clean: Pictures, rain: RainMaps, weather: Weather, generator: torch.Generator
) -> tuple[Pictures, Pictures]:
    """Returns (rainy, clean): the pictures with the rain, and the truth to reach.

    Args:
        clean: RGB in [0, 1].
        rain: As `rain_maps` makes it, of the pictures' size.
        weather: Chances of what comes with the rain.
        generator: On the pictures' device.

    Returns:
        Both RGB in [0, 1]. The truth has the light of the rainy picture, without
        streaks, veil and noise; compressed alike.
    """
    count = len(clean)
    clean, night = expose(clean, weather, generator)
    lit = F.avg_pool2d(clean.mean(1, keepdim=True), 31, 1, 15, count_include_pad=False)
    rain = torch.where(night, rain * (0.15 + 0.85 * lit), rain)
    rain = rain * ~chosen(weather.dry, count, generator)
    rainy = _veiled(clean, rain, weather, generator)
    rainy = _composed(rainy, rain, weather, generator)
    sigma = column(uniform(0.002, 0.02, count, generator))
    noise = torch.randn(rainy.shape, generator=generator, device=generator.device)
    noisy = rainy + sigma * noise
    rainy = torch.where(chosen(weather.noise, count, generator), noisy, rainy)
    return _encoded(rainy.clamp(0, 1), clean, weather, generator)


def _encoded(
    rainy: Pictures, clean: Pictures, weather: Weather, generator: torch.Generator
) -> tuple[Pictures, Pictures]:
    """The last on a camera's path; both of a pair by the same encoder."""
    count = len(rainy)
    quality = uniform(30, 95, count, generator)
    even = uniform(0, 1, count, generator).round()
    met = chosen(weather.compression, count, generator)
    if met.device.type == "cpu" and not met.any():
        return rainy, clean  # a GPU would have to be waited for to know
    both = torch.cat([rainy, clean])
    after = compressed(both, quality.repeat(2), even.repeat(2))
    after = torch.where(met.repeat(2, 1, 1, 1), after, both)
    return after[:count], after[count:]


def _veiled(
    clean: Pictures, rain: RainMaps, weather: Weather, generator: torch.Generator
) -> Pictures:
    count = len(clean)
    amount = rain.mean(dim=(1, 2, 3)).clamp(max=0.5)
    depth = uniform(0.2, 1.2, count, generator) * amount
    light = column(uniform(0.5, 0.95, count, generator))
    kept = torch.exp(-column(depth) * chosen(weather.veil, count, generator))
    return clean * kept + light * (1 - kept)


def _composed(
    picture: Pictures, rain: RainMaps, weather: Weather, generator: torch.Generator
) -> Pictures:
    count = len(picture)
    tint = torch.rand((count, 3, 1, 1), generator=generator, device=generator.device)
    tint = torch.where(chosen(weather.tint, count, generator), 0.8 + 0.2 * tint, 1.0)
    light = rain * tint
    sky = column(uniform(0.6, 1.0, count, generator))
    screened = picture + rain.clamp(max=1) * (sky * tint - picture)
    return torch.where(
        chosen(weather.screen, count, generator), screened, picture + light
    )
