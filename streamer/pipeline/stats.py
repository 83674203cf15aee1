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

    @property
    def count(self) -> int:
        """How many came."""
        return self._seen

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


@dataclass(slots=True, kw_only=True)
class Stamps:
    """When a frame reached each station, in nanoseconds of the monotonic clock."""

    decoded_ns: int
    converting_ns: int
    started_ns: int = 0
    derained_ns: int = 0
    encoding_ns: int = 0
    stored_ns: int = 0


class StageTimes:
    """How long the stages of the frames took, added up where the frames end."""

    def __init__(self) -> None:
        """Nothing came yet."""
        self.latency = Durations()
        self._to_rgb, self._network, self._encode = (
            Durations(),
            Durations(),
            Durations(),
        )
        self._first, self._early = Durations(), Durations()
        self._firsts: list[tuple[int, int]] = []
        self._ready_ns: dict[tuple[int, int], int] = {}

    def add(self, stamps: Stamps, size: tuple[int, int]) -> None:
        """Takes a frame that is stored.

        The network is made ready for each size of picture while the first one waits.
        That one counts for the preparing; those that were started meanwhile count for
        nothing, for they waited for it too.

        Args:
            stamps: All of them are set.
            size: Width and height of the picture.
        """
        self._to_rgb.add(stamps.started_ns - stamps.converting_ns)
        self._encode.add(stamps.stored_ns - stamps.encoding_ns)
        self.latency.add(stamps.stored_ns - stamps.decoded_ns)
        network_ns = stamps.derained_ns - stamps.started_ns
        ready_ns = self._ready_ns.setdefault(size, stamps.derained_ns)
        if stamps.derained_ns == ready_ns:
            self._first.add(network_ns)
            self._firsts.append((stamps.started_ns, stamps.derained_ns))
        elif stamps.started_ns >= ready_ns:
            self._network.add(network_ns)
        else:
            self._early.add(network_ns)

    @property
    def preparing_seconds(self) -> float:
        """What the first picture of each size took longer than one takes usually.

        0 where no later picture says what is usual. Sizes that were made ready while
        others were, as those of pictures of a folder, count once.
        """
        if not self._network.count:
            return 0.0
        usual_ns = self._network.percentiles().p50_ms * 1e6
        counted_ns, until_ns = 0.0, 0.0
        for started_ns, derained_ns in sorted(self._firsts):
            ready_ns = derained_ns - usual_ns
            counted_ns += max(ready_ns - max(started_ns, until_ns), 0.0)
            until_ns = max(until_ns, ready_ns)
        return counted_ns / 1e9

    def stages(self) -> dict[str, Percentiles]:
        """Returns the percentiles of each stage.

        `prepare` is the network's time for the first picture of each size. A run too
        short for more shows it as `network` instead.
        """
        parts = {"to_rgb": self._to_rgb}
        if self._network.count:
            parts |= {"prepare": self._first, "network": self._network}
        else:
            parts |= {"network": self._early if self._early.count else self._first}
        parts |= {"encode": self._encode}
        return {name: times.percentiles() for name, times in parts.items()}
