"""How long each stage took: percentiles from a bounded sample, whatever the length."""

import random
from array import array
from dataclasses import dataclass

_KEPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Three points of a distribution of durations."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


class Durations:
    """Collects durations in a fixed space: an even sample of all that came."""

    def __init__(self) -> None:
        """Empty."""
        self._kept = array("q")
        self._seen = 0
        self._rng = random.Random(0)  # noqa: S311 - sampling, not security

    def add(self, duration_ns: int) -> None:
        """Takes one duration."""
        self._seen += 1
        if len(self._kept) < _KEPT:
            self._kept.append(duration_ns)
            return
        place = self._rng.randrange(self._seen)
        if place < _KEPT:
            self._kept[place] = duration_ns

    def percentiles(self) -> Percentiles:
        """Returns the percentiles so far; zeros if nothing came."""
        ordered = sorted(self._kept) or [0]

        def at(part: float) -> float:
            return round(ordered[round((len(ordered) - 1) * part)] / 1e6, 3)

        return Percentiles(p50_ms=at(0.50), p95_ms=at(0.95), p99_ms=at(0.99))
