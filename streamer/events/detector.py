"""Finds events in what streams do, second by second. Logic without threads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from model.temporal.rain_gate import DRY, RAINY
from streamer.events.event import Happening, Kind
from streamer.live.metrics.counters import LiveSnapshot

_RAIN_SECONDS = 60.0
"""Rain begins when its median over so long is above `RAINY`, and ends likewise."""
_LOST_SECONDS = 5.0
"""A stream that is away for less was never lost."""
LOW_BYTES = 2 * 10**9


@dataclass(slots=True)
class _Watched:
    """What is remembered of one stream."""

    unwell_since: float | None = None
    lost: bool = False
    failed: bool = False
    has_run: bool = False
    raining: bool | None = None
    rain: list[tuple[float, float]] = field(default_factory=list)
    recordings: frozenset[str] = frozenset()
    disk_low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The recordings of one stream at one moment."""

    closed: frozenset[str]
    """Names of the files that are complete."""
    free_bytes: int
    """On the disk that holds them."""


class Detector:
    """Compares what streams do now with what they did before."""

    def __init__(self) -> None:
        """Knows no stream."""
        self._streams: dict[str, _Watched] = {}

    def look(
        self,
        now: float,
        shots: Mapping[str, LiveSnapshot],
        recorded: Mapping[str, Recorded],
    ) -> list[Happening]:
        """Returns what happened since the last look.

        Args:
            now: Seconds since 1970.
            shots: What each stream does.
            recorded: The recordings of those that have some.
        """
        for gone in self._streams.keys() - shots.keys():
            del self._streams[gone]
        found: list[Happening] = []
        for name, shot in shots.items():
            first = name not in self._streams
            known = self._streams.setdefault(name, _Watched())
            told = [
                *_of_state(known, shot, now),
                *_of_rain(known, shot, now),
                *_of_recordings(known, recorded.get(name), first=first),
            ]
            found += [
                Happening(kind=kind, stream=name, time=now, text=f"{name}: {text}")
                for kind, text in told
            ]
        return found


Told = Iterator[tuple[Kind, str]]


def _of_state(known: _Watched, shot: LiveSnapshot, now: float) -> Told:
    failed = shot.state == "failed"
    if failed and not known.failed:
        yield Kind.STREAM_FAILED, shot.cause or "cannot run"
    known.failed = failed
    if shot.healthy:
        if known.lost:
            yield Kind.STREAM_BACK, "pictures leave again"
        known.unwell_since, known.lost, known.has_run = None, False, True
        return
    if not known.has_run or shot.state in {"parked", "failed"}:
        return
    since = known.unwell_since = known.unwell_since or now
    if not known.lost and now - since >= _LOST_SECONDS:
        known.lost = True
        cause = f" ({shot.cause})" if shot.cause else ""
        yield Kind.STREAM_LOST, f"no fresh picture leaves, {shot.state}{cause}"


def _of_rain(known: _Watched, shot: LiveSnapshot, now: float) -> Told:
    if shot.coverage is None or not shot.healthy:
        known.rain.clear()
        return
    known.rain.append((now, shot.coverage))
    if now - known.rain[0][0] < _RAIN_SECONDS:
        return
    while now - known.rain[0][0] > _RAIN_SECONDS:
        del known.rain[0]
    middle = median(percent for _, percent in known.rain)
    before, known.raining = known.raining, _rains(known.raining, middle)
    if known.raining and not before:
        yield Kind.RAIN_BEGINS, f"rain on {middle:.1f} % of the picture"
    elif before and not known.raining:
        yield Kind.RAIN_ENDS, f"dry, {middle:.2f} % of the picture"


def _rains(before: bool | None, middle: float) -> bool:
    if middle >= RAINY:
        return True
    return bool(before) and middle >= DRY


def _of_recordings(known: _Watched, recorded: Recorded | None, *, first: bool) -> Told:
    if recorded is None:
        return
    if not first:
        for name in sorted(recorded.closed - known.recordings):
            yield Kind.RECORDING_CLOSED, name
    known.recordings = recorded.closed
    low = recorded.free_bytes < LOW_BYTES
    if low and not known.disk_low:
        yield Kind.DISK_LOW, f"{recorded.free_bytes / 1e9:.1f} GB are free"
    known.disk_low = low
