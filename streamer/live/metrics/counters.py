"""What a live run did so far, and in the last second; read by threads that show it."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from typing import Protocol, runtime_checkable

from sinks.live.output import OutputStatus
from sinks.sink import Sink
from sources.frame import Source
from sources.live.reconnect import Reconnects, stall_seconds
from streamer.live.fitting.control import TAKES_ALL, FitStatus
from streamer.live.metrics.recent import Recent
from streamer.live.still import FROZEN_SECONDS
from streamer.pipeline.stats import Durations, Percentiles

_RECENT_NS = 5_000_000_000
OVERLOAD = "overload"
"""The cause of a drop: the network was busy with earlier frames."""
_OVERLOADED_SHARE = 0.2
_OVERLOADED_FRAMES = 5
"""So many dropped frames, and such a share of those that came, are no accident."""
LATENCY_BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSnapshot:
    """A live run at one moment. Rates and latencies are those of the last seconds."""

    state: str
    cause: str
    """Why the source is away, in one or two words; empty while it streams."""
    fps_in: float
    fps_out: float
    latency_ms: Percentiles
    bytes_sent: int | None
    """Of encoded video so far; None where nothing counts it."""
    frames_in: int
    frames_out: int
    held: int
    """Pictures repeated while the source was away."""
    dropped: dict[str, int]
    reconnects: int
    fresh_ago_seconds: float
    """Since the last fresh frame left; counts from the start at first."""
    stall_seconds: float
    """How long that may be for a healthy stream."""
    outputs: tuple[OutputStatus, ...] = ()
    """How each way out is doing, the main one first; empty for plain files."""
    overloaded: bool = False
    """Whether frames are dropped because the network takes too long."""
    still_seconds: float = 0.0
    """How long the picture has not changed."""
    latency_counts: tuple[int, ...] = ()
    """Frames so far that took no longer than each of `LATENCY_BUCKETS`, and all."""
    latency_sum_seconds: float = 0.0
    coverage: float | None = None
    """Rain taken out of the newest picture, in per cent of it; None: not counted."""
    decoder: str = ""
    """What makes the pictures, as in the report; empty before the first one."""
    source_pixels: int = 0
    """Of a picture as it comes; 0 before the source was opened."""
    fit: FitStatus = TAKES_ALL
    """What is done where the network cannot take every picture."""

    @property
    def problem(self) -> str:
        """What a person should look at, in a few words; empty if all is well."""
        away = [output.problem for output in self.outputs if output.problem]
        if away:
            return ", ".join(away)
        if self.state == "parked":  # outside its hours, as was asked
            return ""
        if not self.is_fresh:
            why = "" if self.cause == self.state else self.cause
            return f"no fresh frame, {self.state} {why}".rstrip()
        return "overloaded" if self.overloaded else ""

    @property
    def warning(self) -> str:
        """What may be wrong though the stream is healthy; empty if nothing is."""
        return "frozen picture" if self.still_seconds > FROZEN_SECONDS else ""

    @property
    def is_fresh(self) -> bool:
        """Whether fresh frames leave."""
        return self.frames_out > 0 and self.fresh_ago_seconds <= self.stall_seconds

    @property
    def healthy(self) -> bool:
        """Whether the stream does what was asked: fresh, in time, to each output."""
        return not self.problem

    @property
    def ready(self) -> bool:
        """Whether it sends what it takes in, well or not."""
        main = self.outputs[:1]
        return self.is_fresh and all(output.connected for output in main)


class LiveCounts:
    """Counts events and remembers those of the last five seconds."""

    def __init__(self, now_ns: Callable[[], int]) -> None:
        """The run begins now."""
        self.frames_in = self.frames_out = 0
        self.dropped: Counter[str] = Counter()
        self.fresh_ns = self._begun_ns = now_ns()
        self._now_ns = now_ns
        self._lock = Lock()
        self._came_ns: Recent[None] = Recent(_RECENT_NS)
        self._left: Recent[int] = Recent(_RECENT_NS)
        self._overload: Recent[None] = Recent(_RECENT_NS)
        self._buckets = [0] * (len(LATENCY_BUCKETS) + 1)
        self._latency_ns = 0

    def came(self) -> None:
        """A frame of the source came."""
        with self._lock:
            self.frames_in += 1
            self._came_ns.add(self._now_ns(), None)

    def left(self, arrived_ns: int) -> None:
        """A fresh frame was stored or sent."""
        with self._lock:
            now_ns = self.fresh_ns = self._now_ns()
            self.frames_out += 1
            self._left.add(now_ns, now_ns - arrived_ns)
            self._latency_ns += now_ns - arrived_ns
            self._buckets[
                bisect_left(LATENCY_BUCKETS, (now_ns - arrived_ns) / 1e9)
            ] += 1

    def drop(self, cause: str) -> None:
        """A frame is lost."""
        with self._lock:
            self.dropped[cause] += 1
            if cause == OVERLOAD:
                self._overload.add(self._now_ns(), None)

    @property
    def overloaded(self) -> bool:
        """Whether the network was too slow in the last seconds."""
        with self._lock:
            now_ns = self._now_ns()
            came, lost = self._came_ns.count(now_ns), self._overload.count(now_ns)
            return lost >= _OVERLOADED_FRAMES and lost >= _OVERLOADED_SHARE * came

    def latencies(self) -> tuple[tuple[int, ...], float]:
        """Returns frames up to each of `LATENCY_BUCKETS` and all; and the sum in s."""
        with self._lock:
            return tuple(accumulate(self._buckets)), self._latency_ns / 1e9

    def drops(self) -> Counter[str]:
        """Returns how many frames were lost, by cause."""
        with self._lock:
            return Counter(self.dropped)

    def recent(self) -> tuple[float, float, Percentiles]:
        """Returns frames a second in and out, and the latencies."""
        with self._lock:
            now_ns = self._now_ns()
            left = self._left.at(now_ns)
            times = Durations()
            for _, latency_ns in left:
                times.add(latency_ns)
            since = max(now_ns - _RECENT_NS, self._begun_ns)
            seconds = max((now_ns - since) / 1e9, 0.1)
            rates = self._came_ns.count(now_ns) / seconds, len(left) / seconds
        return *rates, times.percentiles()


@runtime_checkable
class CountsBytes(Protocol):
    """A sink that knows how much it sent."""

    @property
    def bytes_sent(self) -> int:
        """Bytes of encoded video and audio so far."""


@runtime_checkable
class HasOutputs(Protocol):
    """A sink that sends to servers, viewers or recordings."""

    @property
    def statuses(self) -> tuple[OutputStatus, ...]:
        """How each output is doing, the main one first."""


@runtime_checkable
class Connects(Protocol):
    """A sink whose main output may be away."""

    @property
    def connected(self) -> bool:
        """Whether what is written arrives there."""


def snapshot_of(
    source: Source,
    sink: Sink,
    counts: LiveCounts,
    *,
    held: int,
    still_seconds: float,
    coverage: float | None,
    fit: FitStatus = TAKES_ALL,
    now_ns: Callable[[], int],
) -> LiveSnapshot:
    """Returns what goes on; for any thread.

    Args:
        source: Says its state, if it reconnects.
        sink: Says how much it sent, if it knows.
        counts: Of the run.
        held: Pictures repeated so far.
        still_seconds: How long the picture has not changed.
        coverage: Rain taken out of the newest picture, in per cent of it.
        fit: What is done where the network cannot take every picture.
        now_ns: The monotonic clock.
    """
    link = source.link if isinstance(source, Reconnects) else None
    refused = source.dropped if isinstance(source, Reconnects) else {}
    fps_in, fps_out, latency = counts.recent()
    buckets, latency_sum = counts.latencies()
    return LiveSnapshot(
        state=str(link.status.state) if link else "streaming",
        cause=str(link.status.cause or "") if link else "",
        fps_in=fps_in,
        fps_out=fps_out,
        latency_ms=latency,
        bytes_sent=sink.bytes_sent if isinstance(sink, CountsBytes) else None,
        source_pixels=source.info.width * source.info.height,
        outputs=sink.statuses if isinstance(sink, HasOutputs) else (),
        overloaded=counts.overloaded,
        still_seconds=still_seconds,
        latency_counts=buckets,
        latency_sum_seconds=latency_sum,
        frames_in=counts.frames_in,
        frames_out=counts.frames_out,
        held=held,
        dropped=dict(counts.drops()) | refused,
        reconnects=link.reconnects if link else 0,
        fresh_ago_seconds=(now_ns() - counts.fresh_ns) / 1e9,
        stall_seconds=stall_seconds(source.info.frame_rate),
        coverage=coverage,
        fit=fit,
        decoder=source.info.decoder,
    )
