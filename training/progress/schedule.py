"""How learning rate, crop size and loss change on the way through a run.

All are functions of progress in [0, 1], or of the step: a run can be planned in steps,
which repeats bit for bit, or in time, which ends when it is told to.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """From `start` on, crops of `size` pixels, `batch` of them in a step."""

    start: float
    size: int
    batch: int


def phase_at(progress: float, phases: Sequence[Phase]) -> Phase:
    """Returns the last phase that has started; the first starts at 0."""
    return [phase for phase in phases if phase.start <= progress][-1]


def halving_rate(
    step: int, *, start: float, every: int, floor: float, factor: float = 0.5
) -> float:
    """Returns the paper's rate: halved every so many steps, down to a floor.

    MSPFN (arXiv:2003.10985), section 4.1: from 2e-4, every 20,000 steps, to 1e-6.
    """
    return max(floor, start * factor ** (step // every))


def cosine_rate(
    progress: float, step: int, *, start: float, floor: float, warm_up: int
) -> float:
    """Returns a rate that rises over `warm_up` steps and falls along half a cosine."""
    falling = floor + (start - floor) * (1 + math.cos(math.pi * progress)) / 2
    return falling * min(1.0, (step + 1) / warm_up)
