"""The last hour of each stream in points of ten seconds: rates, latency, rain."""

from collections import deque
from dataclasses import asdict, dataclass, field

POINT_SECONDS = 10
_POINTS = 3600 // POINT_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A stream in one second."""

    fps_in: float
    fps_out: float
    latency_ms: float
    """Of the 95th percentile."""
    coverage: float | None
    """Rain that was taken out, per cent of the picture; None where no gate looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Sample):
    """The mean of the samples of ten seconds."""

    time: int
    """Seconds since 1970 at which it began."""


@dataclass(slots=True)
class History:
    """Gathers samples into points; for one thread, read under the caller's lock."""

    _points: deque[Point] = field(default_factory=lambda: deque(maxlen=_POINTS))
    _open: list[Sample] = field(default_factory=list)
    _begun: int = 0

    def add(self, now_seconds: float, sample: Sample) -> None:
        """Takes one sample, taken at `now_seconds` since 1970."""
        begun = int(now_seconds) // POINT_SECONDS * POINT_SECONDS
        if begun != self._begun and self._open:
            self._points.append(_mean(self._begun, self._open))
            self._open = []
        self._begun = begun
        self._open.append(sample)

    def as_json(self) -> list[dict[str, float | int | None]]:
        """Returns the points as plain values, the oldest first."""
        newest = [_mean(self._begun, self._open)] if self._open else []
        return [asdict(point) for point in [*self._points, *newest]]


def _mean(begun: int, samples: list[Sample]) -> Point:
    known = [s.coverage for s in samples if s.coverage is not None]
    count = len(samples)
    return Point(
        time=begun,
        fps_in=round(sum(s.fps_in for s in samples) / count, 2),
        fps_out=round(sum(s.fps_out for s in samples) / count, 2),
        latency_ms=round(sum(s.latency_ms for s in samples) / count, 1),
        coverage=round(sum(known) / len(known), 3) if known else None,
    )
