"""Compares two rows on the same pictures: how much of the gap, and is it chance?

The difference is of the figure over the whole set, not the mean of the pictures'
figures; its interval comes of drawing pictures anew, the same ones for both rows.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Verdict = Literal["helps", "no difference", "hurts"]
Figure = Callable[[NDArray[np.float64]], Floats]
"""Takes how often each picture counts, [draws, pictures]; returns [draws]."""
DRAWS, _SEED = 2000, 20200617


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Of one figure, between two rows."""

    value: float
    low: float
    """Lower end of the 95 % interval."""
    high: float

    @property
    def verdict(self) -> Verdict:
        """The plain word: the interval is on one side of 0, or it is not."""
        if self.low > 0:
            return "helps"
        return "hurts" if self.high < 0 else "no difference"


def weights_of(pictures: int, draws: int = DRAWS) -> Floats:
    """Returns how often each picture counts in each draw; the same for all rows."""
    rng = np.random.default_rng(_SEED)
    shares = np.full(pictures, 1 / pictures)
    return rng.multinomial(pictures, shares, size=draws).astype(np.float64)


def difference(better: Figure, base: Figure, pictures: int) -> Difference | None:
    """Returns what `better` has more than `base`; None if either has no figure.

    Args:
        better: A row's figure.
        base: The other row's, of the same pictures.
        pictures: How many there are.
    """
    whole = np.ones((1, pictures))
    value = float(better(whole)[0] - base(whole)[0])
    if not math.isfinite(value):
        return None
    drawn = weights_of(pictures)
    apart = better(drawn) - base(drawn)
    apart = apart[np.isfinite(apart)]
    low, high = np.quantile(apart, (0.025, 0.975))
    return Difference(value=value, low=float(low), high=float(high))


def gap_closed(clean: float, rainy: float, derained: float) -> float | None:
    """Returns how much of what rain took is back: 0 nothing, 1 all of it.

    None where rain took nothing, so that there is no gap to close.
    """
    gap = clean - rainy
    if not math.isfinite(gap + derained) or gap <= 0:
        return None
    return (derained - rainy) / gap
