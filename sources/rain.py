"""Rain for single pictures, made in batches on the device that trains.

Two ways of making streaks are mixed: noise, motion-blurred along the fall line and cut
at a level (the photo editor's recipe), and drops that are drawn one by one as tapered
lines, near ones long and wide, far ones short and thin. One formula makes both: points
in a field, convolved with the picture of one streak, then a level and a contrast. A
rain map sums several such layers; some are mixed with turned, shifted and stretched
copies of themselves (RainMix). The styles span the field's data sets: flat, dense
streaks of many directions that hide most of the picture (Rain100H), sparse ones of one
direction (Rain100L), veiled rain (Rain800, Rain1200), night rain lit by lamps.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from sources.compression import compressed

Pictures = Float[Tensor, "batch 3 height width"]
RainMaps = Float[Tensor, "batch 1 height width"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RainStyle:
    """The ranges that one kind of rain is drawn from. Lengths are in pixels."""

    layers: tuple[int, int]
    """How many layers fall through each other."""
    tilt: float
    """Standard deviation of the rain's direction from straight down, in degrees."""
    spread: float
    """Standard deviation of a layer's direction from the rain's, in degrees."""
    length: tuple[float, float]
    width: tuple[float, float]
    """Standard deviation of a streak's profile."""
    cover: tuple[float, float]
    """Share of the picture a layer's streaks touch."""
    contrast: tuple[float, float]
    """Steepness of a streak's edge: below 2 soft, above 8 flat with a hard edge."""
    strength: tuple[float, float]
    """Light that a layer's streaks add, white being 1."""
    drawn: float
    """Probability that a layer is drawn drop by drop."""
    mixed: float = 0.2
    """Probability that a map is mixed with moved copies of itself."""


HEAVY = RainStyle(
    layers=(2, 5),
    tilt=10.0,
    spread=9.0,
    length=(15.0, 80.0),
    width=(0.3, 1.3),
    cover=(0.1, 0.6),
    contrast=(1.0, 16.0),
    strength=(0.15, 0.5),
    drawn=0.2,
)
LIGHT = RainStyle(
    layers=(1, 2),
    tilt=12.0,
    spread=2.0,
    length=(8.0, 50.0),
    width=(0.3, 1.1),
    cover=(0.02, 0.16),
    contrast=(0.8, 10.0),
    strength=(0.12, 0.6),
    drawn=0.5,
)
WIDE = RainStyle(
    layers=(1, 3),
    tilt=25.0,
    spread=6.0,
    length=(8.0, 80.0),
    width=(0.4, 2.4),
    cover=(0.03, 0.35),
    contrast=(0.5, 4.0),
    strength=(0.08, 0.45),
    drawn=0.4,
)
STYLES: dict[str, RainStyle] = {"heavy": HEAVY, "light": LIGHT, "wide": WIDE}


def _uniform(
    low: float, high: float, count: int, generator: torch.Generator
) -> Float[Tensor, " count"]:
    noise = torch.rand(count, generator=generator, device=generator.device)
    return low + (high - low) * noise


def _normal(count: int, generator: torch.Generator) -> Float[Tensor, " count"]:
    return torch.randn(count, generator=generator, device=generator.device)


def streak_kernels(
    size: int,
    angle: Float[Tensor, " batch"],
    length: Float[Tensor, " batch"],
    width: Float[Tensor, " batch"],
    taper: Float[Tensor, " batch"],
) -> RainMaps:
    """Returns the picture of one streak each, centred on pixel (0, 0) of a torus.

    Args:
        size: Height and width, in pixels.
        angle: From straight down, counter-clockwise, in radians.
        length: In pixels.
        width: Standard deviation across, in pixels.
        taper: 0 for the even line of motion blur, 1 for one thinning to both ends.

    Returns:
        [batch, 1, size, size], the highest value 1.
    """
    line = torch.fft.fftfreq(size, 1 / size, device=angle.device)
    y, x = line[None, :, None], line[None, None, :]
    sin, cos = (f(angle)[:, None, None] for f in (torch.sin, torch.cos))
    along = (x * sin + y * cos).abs()
    across = x * cos - y * sin
    half = length[:, None, None] / 2
    ends = (half + 0.5 - along).clamp(0, 1)
    thinning = (1 - (along / (half + 1e-3)) ** 2).clamp(min=0)
    profile = ends * (1 - taper[:, None, None] * (1 - thinning))
    spread = width[:, None, None]
    return (profile * torch.exp(-0.5 * (across / spread) ** 2))[:, None]


def _points(
    size: int, drawn: Tensor, cover: Tensor, area: Tensor, generator: torch.Generator
) -> RainMaps:
    """Dense noise, or single points of random brightness that cover so much area."""
    shape = (len(drawn), 1, size, size)
    device = generator.device
    noise = torch.randn(shape, generator=generator, device=device)
    chance = (cover / area).clamp(max=0.2)[:, None, None, None]
    there = torch.rand(shape, generator=generator, device=device) < chance
    bright = torch.rand(shape, generator=generator, device=device) ** 1.5
    return torch.where(drawn[:, None, None, None], there * (0.25 + bright), noise)


def streak_layers(
    style: RainStyle,
    angle: Float[Tensor, " batch"],
    size: int,
    generator: torch.Generator,
) -> RainMaps:
    """Returns layers of streaks, each by its own draw from the style, in [0, 1].

    They are tori: the left edge goes on at the right, the lower at the upper.
    """
    count = len(angle)
    length = _uniform(*style.length, count, generator)
    width = _uniform(*style.width, count, generator)
    taper = _uniform(0, 1, count, generator).round()
    drawn = _uniform(0, 1, count, generator) < style.drawn
    low, high = (math.log(c) for c in style.cover)
    cover = _uniform(low, high, count, generator).exp()
    low, high = (math.log(c) for c in style.contrast)
    contrast = _uniform(low, high, count, generator).exp()[:, None, None, None]
    kernels = streak_kernels(size, angle, length, width, taper)
    area = kernels.sum(dim=(1, 2, 3))
    points = _points(size, drawn, cover, area, generator)
    field = torch.fft.irfft2(
        torch.fft.rfft2(points) * torch.fft.rfft2(kernels), s=(size, size)
    )
    noise = field / field.std(dim=(1, 2, 3), keepdim=True).clamp(min=1e-6)
    # Of a normal field this level leaves `cover` above it.
    level = math.sqrt(2) * torch.erfinv(1 - 2 * cover)[:, None, None, None]
    cut = (noise - level) * contrast
    return torch.where(drawn[:, None, None, None], field, cut).clamp(0, 1)


def _fade(count: int, size: int, generator: torch.Generator) -> RainMaps:
    """Slow changes of density over the picture; for half of them none."""
    coarse = torch.rand((count, 1, 4, 4), generator=generator, device=generator.device)
    smooth = F.interpolate(coarse, (size, size), mode="bicubic", align_corners=False)
    faded = (0.3 + 1.4 * smooth).clamp(0, 1.2)
    even = _uniform(0, 1, count, generator) < 0.5
    return torch.where(even[:, None, None, None], torch.ones_like(faded), faded)


def rain_maps(
    style: RainStyle, count: int, size: int, generator: torch.Generator
) -> RainMaps:
    """Returns the light that rain of a style adds, [count, 1, size, size], white 1.

    The device is the generator's. Values pass 1 where streaks overlap: what a camera
    would clip is clipped when the map is laid over a picture.
    """
    maps = torch.zeros((count, 1, size, size), device=generator.device)
    tilt = _normal(count, generator) * math.radians(style.tilt)
    wanted = torch.randint(
        style.layers[0],
        style.layers[1] + 1,
        (count,),
        generator=generator,
        device=generator.device,
    )
    for layer in range(style.layers[1]):
        angle = tilt + _normal(count, generator) * math.radians(style.spread)
        strength = _uniform(*style.strength, count, generator) * (wanted > layer)
        streaks = streak_layers(style, angle, size, generator)
        maps += strength[:, None, None, None] * streaks
    mixed = _chosen(style.mixed, count, generator)
    maps = torch.where(mixed, rain_mixed(maps, generator), maps)
    return maps * _fade(count, size, generator)


_CHAINS, _LINKS = 3, 3


def rain_mixed(maps: RainMaps, generator: torch.Generator) -> RainMaps:
    """Returns each map mixed with copies that were turned, sheared, shifted, stretched.

    RainMix: Guo et al., "EfficientDeRain", AAAI 2021, arXiv:2009.09238, section 3.3.
    Chains of two or three such moves are averaged with random weights, and the average
    is weighed against the map itself.
    """
    count = len(maps)
    shares = _shares(count, _CHAINS, generator)
    mixed = sum(
        _column(shares[:, chain]) * _moved(maps, generator) for chain in range(_CHAINS)
    )
    kept = _column(_uniform(0, 1, count, generator))
    return kept * maps + (1 - kept) * mixed


def _shares(
    count: int, parts: int, generator: torch.Generator
) -> Float[Tensor, "batch parts"]:
    """Random weights that sum to 1, evenly spread over all there are."""
    noise = torch.rand((count, parts), generator=generator, device=generator.device)
    drawn = -noise.clamp(min=1e-6).log()
    return drawn / drawn.sum(1, keepdim=True)


def _moved(maps: RainMaps, generator: torch.Generator) -> RainMaps:
    """Maps after a chain of moves, each on its own; what comes in is mirrored rain."""
    count, device = len(maps), maps.device
    whole = torch.eye(3, device=device).expand(count, 3, 3)
    for link in range(_LINKS):
        move = _move(count, generator)
        if link == _LINKS - 1:  # a chain has two or three links
            short = _uniform(0, 1, count, generator) < 0.5
            move = torch.where(short[:, None, None], torch.eye(3, device=device), move)
        whole = move @ whole
    grid = F.affine_grid(whole[:, :2], list(maps.shape), align_corners=False)
    return F.grid_sample(maps, grid, padding_mode="reflection", align_corners=False)


def _move(count: int, generator: torch.Generator) -> Float[Tensor, "batch 3 3"]:
    """A turn, a shear, a shift or a stretch each, along one axis."""
    kind = torch.randint(7, (count,), generator=generator, device=generator.device)
    amount = _uniform(-1, 1, count, generator)
    turn = amount * math.radians(9)
    one, zero = torch.ones_like(amount), torch.zeros_like(amount)
    cos = torch.where(kind == 0, torch.cos(turn), one)
    sin = torch.where(kind == 0, torch.sin(turn), zero)
    shear, stretch, shift = 0.15 * amount, 1 + 0.25 * amount, 0.3 * amount
    rows = [
        [
            torch.where(kind == 1, stretch, cos),
            torch.where(kind == 2, shear, -sin),
            torch.where(kind == 3, shift, zero),
        ],
        [
            torch.where(kind == 4, shear, sin),
            torch.where(kind == 5, stretch, cos),
            torch.where(kind == 6, shift, zero),
        ],
        [zero, zero, one],
    ]
    return torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What else the rain does to a picture, as chances and ranges."""

    screen: float = 0.2
    """Chance that streaks hide what is behind them instead of adding their light."""
    tint: float = 0.1
    """Chance that the streaks' light is coloured."""
    veil: float = 0.25
    """Chance of a veil, thicker with more rain."""
    night: float = 0.08
    """Chance of night: dark, noisy, the streaks lit only where the scene is bright."""
    exposure: float = 0.25
    """Chance of another exposure of the clean picture."""
    noise: float = 0.25
    """Chance of sensor noise on the rainy picture."""
    compression: float = 0.3
    """Chance that a camera's encoder has been at the picture; what it did to the scene
    stays in the truth: the network is to take out rain, not to mend pictures."""
    dry: float = 0.08
    """Chance of no rain at all: a clean picture is to stay as it is."""


def _column(values: Tensor) -> Float[Tensor, "batch 1 1 1"]:
    return values[:, None, None, None]


def _chosen(chance: float, count: int, generator: torch.Generator) -> Tensor:
    return _column(_uniform(0, 1, count, generator) < chance)


def expose(
    clean: Pictures, weather: Weather, generator: torch.Generator
) -> tuple[Pictures, Float[Tensor, "batch 1 1 1"]]:
    """Returns the pictures under another light, and which of them are at night."""
    count = len(clean)
    gamma = _column(_uniform(-0.4, 0.5, count, generator).exp())
    gain = _column(_uniform(0.7, 1.15, count, generator))
    other = (gain * clean.clamp(min=1e-4) ** gamma).clamp(0, 1)
    dark = clean.clamp(min=1e-4) ** _column(_uniform(1.5, 3.0, count, generator))
    night = _chosen(weather.night, count, generator)
    clean = torch.where(_chosen(weather.exposure, count, generator), other, clean)
    return torch.where(night, dark, clean), night


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
    rain = rain * ~_chosen(weather.dry, count, generator)
    rainy = _veiled(clean, rain, weather, generator)
    rainy = _composed(rainy, rain, weather, generator)
    sigma = _column(_uniform(0.002, 0.02, count, generator))
    noise = torch.randn(rainy.shape, generator=generator, device=generator.device)
    noisy = rainy + sigma * noise
    rainy = torch.where(_chosen(weather.noise, count, generator), noisy, rainy)
    return _encoded(rainy.clamp(0, 1), clean, weather, generator)


def _encoded(
    rainy: Pictures, clean: Pictures, weather: Weather, generator: torch.Generator
) -> tuple[Pictures, Pictures]:
    """The last on a camera's path; both of a pair by the same encoder."""
    count = len(rainy)
    quality = _uniform(30, 95, count, generator)
    even = _uniform(0, 1, count, generator).round()
    chosen = _chosen(weather.compression, count, generator)
    if not chosen.any():
        return rainy, clean
    both = torch.cat([rainy, clean])
    after = compressed(both, quality.repeat(2), even.repeat(2))
    after = torch.where(chosen.repeat(2, 1, 1, 1), after, both)
    return after[:count], after[count:]


def _veiled(
    clean: Pictures, rain: RainMaps, weather: Weather, generator: torch.Generator
) -> Pictures:
    count = len(clean)
    amount = rain.mean(dim=(1, 2, 3)).clamp(max=0.5)
    depth = _uniform(0.2, 1.2, count, generator) * amount
    light = _column(_uniform(0.5, 0.95, count, generator))
    kept = torch.exp(-_column(depth) * _chosen(weather.veil, count, generator))
    return clean * kept + light * (1 - kept)


def _composed(
    picture: Pictures, rain: RainMaps, weather: Weather, generator: torch.Generator
) -> Pictures:
    count = len(picture)
    tint = torch.rand((count, 3, 1, 1), generator=generator, device=generator.device)
    tint = torch.where(_chosen(weather.tint, count, generator), 0.8 + 0.2 * tint, 1.0)
    light = rain * tint
    screened = picture + light.clamp(max=1) * (1 - picture)
    return torch.where(
        _chosen(weather.screen, count, generator), screened, picture + light
    )
