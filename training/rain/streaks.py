"""Rain for single pictures, made in batches on the device that trains.

Two ways of making streaks are mixed: noise, motion-blurred along the fall line and cut
at a level (the photo editor's recipe), and drops that are drawn one by one as tapered
lines, near ones long and wide, far ones short and thin. One formula makes both: points
in a field, convolved with the picture of one streak, then a level and a contrast. A
rain map sums several such layers; some are mixed with turned, shifted and stretched
copies of themselves (RainMix). The styles span the field's data sets: flat, dense
streaks of many directions that hide most of the picture (Rain100H), sparse ones of one
direction (Rain100L), veiled rain (Rain800, Rain1200), night rain lit by lamps, and the
short dashes that a fast shutter leaves of fine rain, as in many photographs; few, thin
and bright streaks (NTURain), and the haze of streaks too far to be told apart.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from training.rain.rainmix import rain_mixed
from training.rain.sampling import chosen, column, uniform

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
    haze: tuple[float, float] = (0.0, 0.0)
    """Even light that rain too far to be seen as streaks adds."""


# Heavy and light are what training/rain/fitting/fit.py found for the residual of the
# pairs of Rain100H and Rain100L; bold for NTURain's a1, far by eye for the haze of
# GT-RAIN.
HEAVY = RainStyle(
    layers=(3, 6),
    tilt=7.2,
    spread=8.0,
    length=(9.5, 238.0),
    width=(0.32, 1.64),
    cover=(0.19, 0.458),
    contrast=(1.15, 5.9),
    strength=(0.15, 0.36),
    drawn=0.79,
    mixed=0.15,
)
LIGHT = RainStyle(
    layers=(1, 2),
    tilt=10.0,
    spread=1.65,
    length=(8.0, 50.0),
    width=(0.44, 1.49),
    cover=(0.02, 0.16),
    contrast=(1.1, 5.1),
    strength=(0.12, 0.473),
    drawn=0.5,
    mixed=0.157,
)
BOLD = RainStyle(
    layers=(1, 3),
    tilt=7.0,
    spread=2.5,
    length=(12.0, 110.0),
    width=(0.35, 1.3),
    cover=(0.004, 0.07),
    contrast=(0.8, 6.0),
    strength=(0.15, 0.9),
    drawn=0.9,
    mixed=0.1,
)
FAR = RainStyle(
    layers=(2, 4),
    tilt=12.0,
    spread=5.0,
    length=(3.0, 18.0),
    width=(0.3, 0.8),
    cover=(0.1, 0.4),
    contrast=(0.6, 2.5),
    strength=(0.02, 0.1),
    drawn=0.3,
    haze=(0.0, 0.15),
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
SHORT = RainStyle(
    layers=(1, 3),
    tilt=15.0,
    spread=8.0,
    length=(1.5, 14.0),
    width=(0.35, 1.1),
    cover=(0.01, 0.2),
    contrast=(0.8, 6.0),
    strength=(0.12, 0.6),
    drawn=0.7,
)
STYLES: dict[str, RainStyle] = {
    "heavy": HEAVY,
    "light": LIGHT,
    "wide": WIDE,
    "short": SHORT,
    "bold": BOLD,
    "far": FAR,
}


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
    length = uniform(*style.length, count, generator)
    width = uniform(*style.width, count, generator)
    taper = uniform(0, 1, count, generator).round()
    drawn = uniform(0, 1, count, generator) < style.drawn
    low, high = (math.log(c) for c in style.cover)
    cover = uniform(low, high, count, generator).exp()
    low, high = (math.log(c) for c in style.contrast)
    contrast = uniform(low, high, count, generator).exp()[:, None, None, None]
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
    even = uniform(0, 1, count, generator) < 0.5
    return torch.where(even[:, None, None, None], torch.ones_like(faded), faded)


def rain_maps(
    style: RainStyle, count: int, size: int, generator: torch.Generator
) -> RainMaps:
    """Returns the light that rain of a style adds, [count, 1, size, size], white 1.

    The device is the generator's. Values pass 1 where streaks overlap: what a camera
    would clip is clipped when the map is laid over a picture.
    """
    maps = torch.zeros((count, 1, size, size), device=generator.device)
    if not count:  # which FFT libraries refuse
        return maps
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
        strength = uniform(*style.strength, count, generator) * (wanted > layer)
        streaks = streak_layers(style, angle, size, generator)
        maps += strength[:, None, None, None] * streaks
    mixed = chosen(style.mixed, count, generator)
    maps = torch.where(mixed, rain_mixed(maps, generator), maps)
    maps = maps * _fade(count, size, generator)
    if style.haze[1]:
        maps = maps + column(uniform(*style.haze, count, generator))
    return maps
