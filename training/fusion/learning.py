"""How a fusion learns: the loss and the steps, and how well it does."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from model.motion.fusion import Fusion
from training.fusion.samples import Samples

_SHARP = 2.0
"""Weight of the logarithm of the squared error, which is what PSNR counts, beside the
absolute error."""
_LATER = (0, 2, 0, 2, 1)
"""How many later frames are seen, in turn: causal and centred, and near a cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Of one run."""

    steps: int = 6000
    batch: int = 8
    size: int = 128
    rate: float = 3e-3
    seed: int = 0


def learned(
    samples: Samples,
    plan: Plan,
    report: Callable[[int, Fusion], None] = lambda _step, _network: None,
) -> Fusion:
    """Returns a fusion that learned from the samples, from nothing.

    Args:
        samples: What it sees.
        plan: How.
        report: Is called after each step, with how many were taken.
    """
    torch.manual_seed(plan.seed)
    generator = torch.Generator().manual_seed(plan.seed)
    network = Fusion()
    optimiser = torch.optim.Adam(network.parameters(), plan.rate)
    for step in range(plan.steps):
        rate = plan.rate * 0.5 * (1 + math.cos(math.pi * step / plan.steps))
        optimiser.param_groups[0]["lr"] = rate
        crops = samples.crops(plan.batch, plan.size, generator)
        seen = crops.seen(_LATER[step % len(_LATER)])
        loss = distance(network(crops.frame.float(), seen), crops.truth.float())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own stub
        optimiser.step()
        report(step + 1, network)
    return network.eval().requires_grad_(False)


def distance(made: Tensor, truth: Tensor) -> Tensor:
    """Returns the loss between pictures of 0 to 255 [batch, 3, height, width]."""
    squared = (made - truth).square()
    absolute = (squared + 1).sqrt().mean((1, 2, 3))
    return (absolute + _SHARP * (squared.mean((1, 2, 3)) + 1).log()).mean()


def scores(
    network: Fusion, samples: Samples, later: Sequence[int] = (0, 2)
) -> Float[Tensor, " ways"]:
    """Returns the mean PSNR in dB, RGB, for each number of later frames."""
    found = []
    for ahead in later:
        errors = []
        for begin in range(0, len(samples), 8):
            part = samples.part(begin, begin + 8)
            with torch.inference_mode():
                made = network(part.frame.float(), part.seen(ahead)).round()
            errors.append((made - part.truth).square().mean((1, 2, 3)))
        error = torch.cat(errors) + 0.5  # a picture without any error counts 51 dB
        found.append((10 * torch.log10(255**2 / error)).mean())
    return torch.stack(found)
