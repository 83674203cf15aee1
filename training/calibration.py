"""Finds the scales with which a network's convolutions may be quantised to 8 bits.

Clean pictures get the rain that the network was trained on; what then enters each
convolution is sampled, and each channel gets the step that comes closest to what was
there: a smaller one clips the peaks, a larger one rounds the rest more coarsely.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn

from model.mspfn.conv_lstm import ConvLSTM
from model.quantisation import QuantParams
from training.rain.streaks import STYLES, Pictures, rain_maps
from training.rain.weather import Weather, rain_on

_SAMPLES = 256
"""Places of each channel looked at, in each picture."""
_CLIPS = torch.linspace(0.3, 1, 12)
"""Parts of the largest value that are tried as the end of the scale."""
_ZEROS = (4, 8, 16, 24, 32, 48, 64, 96, 128)
"""Zeros that are tried for what has both signs: PReLU leaves little below 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What entered a convolution."""

    values: Float[Tensor, "channels samples"]
    weight: Float[Tensor, " channels"]
    """How much a channel's error counts: the sum of its squared weights."""
    signed: bool
    """Transposed convolutions take counts without a zero in OpenVINO."""


def rainy_pictures(clean: Pictures, seed: int = 0) -> Pictures:
    """Returns the pictures with rain of every style, RGB in [0, 1].

    Height and width are equal.
    """
    generator = torch.Generator().manual_seed(seed)
    shares = torch.arange(len(clean)) % len(STYLES)
    maps = clean.new_zeros((len(clean), 1, *clean.shape[2:]))
    for number, style in enumerate(STYLES.values()):
        own = shares == number
        maps[own] = rain_maps(style, int(own.sum()), clean.shape[2], generator)
    return rain_on(clean, maps, Weather(), generator)[0]


def found_params(
    network: nn.Module,
    pictures: Pictures,
    on_picture: Callable[[int], None] = lambda _number: None,
) -> dict[str, QuantParams]:
    """Returns the steps for every convolution over a picture, by its name.

    Args:
        network: With its weights, on the CPU, in evaluation mode.
        pictures: Such as it is to derain, RGB in [0, 1].
        on_picture: Told the number of each picture, from 1, when it is through.
    """
    found: dict[str, list[Tensor]] = {}
    generator = torch.Generator().manual_seed(0)
    with _watched(network, found, generator), torch.inference_mode():
        for number, picture in enumerate(pictures, 1):
            network(picture[None])
            on_picture(number)
    modules = dict(network.named_modules())
    return {
        name: best_params(_seen(modules[name], torch.cat(values, dim=1)))
        for name, values in found.items()
    }


@contextmanager
def _watched(
    network: nn.Module, found: dict[str, list[Tensor]], generator: torch.Generator
) -> Iterator[None]:
    def look(name: str, _: nn.Module, inputs: tuple[Tensor]) -> None:
        values = inputs[0][0].flatten(1)
        if values.shape[1] == 1:
            # Channel attention's means: one number of a picture, so that few pictures
            # do not tell how large it gets, and no time to gain.
            return
        places = torch.randint(values.shape[1], (_SAMPLES,), generator=generator)
        found.setdefault(name, []).append(values[:, places])

    handles = [
        module.register_forward_pre_hook(partial(look, name))
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | ConvLSTM)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _seen(module: nn.Module, values: Tensor) -> Seen:
    if isinstance(module, nn.ConvTranspose2d):
        energy = module.weight.detach().square().sum((1, 2, 3))
        return Seen(values=values, weight=energy, signed=True)
    if isinstance(module, ConvLSTM):  # from a zero state: its inputs' half alone
        weight = module.gates.weight[:, : module.inputs]
    elif isinstance(module, nn.Conv2d):
        weight = module.weight
    else:
        raise TypeError(f"Expected a convolution, got {type(module).__name__}.")
    return Seen(
        values=values, weight=weight.detach().square().sum((0, 2, 3)), signed=False
    )


def best_params(seen: Seen) -> QuantParams:
    """Returns the zero and the steps that lose the least of what was seen."""
    if seen.signed:
        zeros: tuple[int | None, ...] = (None,)
    else:
        zeros = (0,) if float(seen.values.min()) >= 0 else _ZEROS
    tried = [_with_zero(seen, zero) for zero in zeros]
    return min(tried, key=lambda one: one[0])[1]


def _with_zero(seen: Seen, zero: int | None) -> tuple[float, QuantParams]:
    """The error of the best steps with that zero, and the steps."""
    ends = QuantParams(zero_point=zero, scales=())
    sides = [seen.values.amax(1) / ends.highest]
    if ends.lowest:
        sides.append(seen.values.amin(1) / ends.lowest)
    whole = torch.stack(sides).amax(0).clamp(min=1e-6)
    steps = _CLIPS[:, None] * whole
    errors = torch.stack([_error(seen.values, own, ends) for own in steps])
    least, chosen = errors.min(0)
    picked = steps.gather(0, chosen[None])[0]
    total = float((least * seen.weight).sum())
    counted = _quantised(seen.values, picked, ends).mean(1)
    return total, QuantParams(
        zero_point=zero,
        scales=tuple(picked.tolist()),
        means=tuple(seen.values.mean(1).tolist()),
        quantised_means=tuple(counted.tolist()),
    )


def _error(
    values: Float[Tensor, "channels samples"],
    steps: Float[Tensor, " channels"],
    ends: QuantParams,
) -> Float[Tensor, " channels"]:
    return (_quantised(values, steps, ends) - values).square().mean(1)


def _quantised(
    values: Float[Tensor, "channels samples"],
    steps: Float[Tensor, " channels"],
    ends: QuantParams,
) -> Float[Tensor, "channels samples"]:
    own = steps[:, None]
    return (values / own).round().clamp(ends.lowest, ends.highest) * own


def described(pictures: Pictures) -> Mapping[str, str]:
    """Returns how steps were found, for the readers of their file."""
    count, _, height, width = pictures.shape
    return {"found_on": f"{count} pictures of {width}x{height} with made rain"}
