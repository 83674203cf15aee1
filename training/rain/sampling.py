"""Random draws for batches: on the generator's device, and for the host beside it.

What a GPU has drawn is there when all work before it is done: a step that asks for it
three times lets the GPU stand still three times. Where its generator stands the host
knows by itself, so that the host's draws follow from that.
"""

import hashlib

import torch
from jaxtyping import Float
from torch import Tensor


def uniform(
    low: float, high: float, count: int, generator: torch.Generator
) -> Float[Tensor, " count"]:
    """Returns numbers evenly spread from `low` to `high`."""
    noise = torch.rand(count, generator=generator, device=generator.device)
    return low + (high - low) * noise


def column(values: Tensor) -> Float[Tensor, "batch 1 1 1"]:
    """Returns a value for each picture, to be spread over its pixels."""
    return values[:, None, None, None]


def chosen(chance: float, count: int, generator: torch.Generator) -> Tensor:
    """Returns which pictures something happens to, as a column of booleans."""
    return column(uniform(0, 1, count, generator) < chance)


def host_generator(generator: torch.Generator) -> torch.Generator:
    """Returns a generator of the host, another one at each call.

    It follows from where `generator` stands, so that one state rules all draws.
    """
    if generator.device.type == "cpu":
        drawn = torch.randint(2**62, (1,), generator=generator)
        return torch.Generator().manual_seed(int(drawn))
    following = generator_after(generator.get_state())
    torch.rand(1, generator=generator, device=generator.device)  # moves it on
    return following


def generator_after(state: torch.Tensor) -> torch.Generator:
    """Returns the generator that follows from a generator's state."""
    digest = hashlib.sha256(state.numpy().tobytes()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
