"""Draws for the host that follow from a generator of the training device.

What a GPU has drawn is there when all work before it is done: a step that asks for it
three times lets the GPU stand still three times. Where its generator stands the host
knows by itself.
"""

import hashlib

import torch


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
