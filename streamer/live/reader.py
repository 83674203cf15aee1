"""Which frame of a live source is next, and what is done while none comes."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from sources.channel import Channel, Stopped
from sources.frame import Frame, Source
from sources.live.reconnect import Reconnects, stall_seconds
from streamer.live.latency import LatencyBudget
from streamer.live.metrics.counters import OVERLOAD, LiveCounts
from streamer.live.thinning import Thinning
from streamer.settings import LiveOptions

_LOOK_SECONDS = 0.2
"""While a source is away the last picture is repeated five times a second."""
_FIRST_SECONDS = 30.0
"""How long a source may take to its first picture where a loss ends the run: some
recorders answer after ten."""


class LatestFrameReader:
    """Reads a source dry on one thread and hands fresh frames to another."""

    def __init__(
        self,
        source: Source,
        counts: LiveCounts,
        *,
        live: LiveOptions,
        on_missing: Callable[[datetime], None],
        on_frame: Callable[[], None] = lambda: None,
        room: int = 1,
        now_ns: Callable[[], int],
    ) -> None:
        """Reads nothing yet.

        Args:
            source: Of which only the newest frames are kept.
            counts: Told what came and what was dropped.
            live: Which frames are too many or too old, and whether a source that is
                away ends it.
            on_missing: Called again and again while the source is away, with the time
                since when; on the thread that asks for frames.
            on_frame: Called for each frame that may be handed on; on the thread that
                reads.
            room: How many frames may wait.
            now_ns: The monotonic clock.
        """
        self.problem = ""
        self._source, self._counts = source, counts
        self._thinning = Thinning(live.rate) if live.rate else None
        self._on_loss, self._on_missing = live.on_loss, on_missing
        self._now_ns = now_ns
        self._on_frame = on_frame
        self._frames: Channel[Frame] = Channel(room, on_full=self._lose_oldest)
        self._budget = LatencyBudget(live.max_latency, now_ns)
        self._begun_ns = now_ns()
        self._came_ns: int | None = None

    def read(self) -> None:
        """Reads the source to its end, or until `stop`."""
        with self._frames.feeding():
            for frame in self._source:
                self._counts.came()
                if self._thinning is not None and not self._thinning.wants(frame):
                    self._counts.drop("rate")
                    continue
                self._on_frame()
                self._frames.put(frame)

    def _lose_oldest(self, frames: deque[Frame]) -> None:
        frames.popleft()
        self._counts.drop(OVERLOAD)

    @property
    def waiting(self) -> int:
        """How many frames wait to be asked for."""
        return len(self._frames)

    def fresh(self, *, newest: bool = True) -> Frame:
        """Waits for a frame that is fresh, however long the source is away.

        Args:
            newest: Drops those that wait before the newest; else the oldest is next.

        Raises:
            Stopped: None will come any more.
            BaseException: The source's error.
        """
        while True:
            for _ in range(self._frames.keep_newest() if newest else 0):
                self._counts.drop(OVERLOAD)
            try:
                frame = self._frames.get(_LOOK_SECONDS)
            except TimeoutError:
                self._look_after()
                continue
            self._came_ns = self._now_ns()
            cause = self._budget.refusal(frame)
            if not cause:
                return frame
            self._counts.drop(cause)

    def _look_after(self) -> None:
        if self._came_ns is None:
            self._look_for_the_first()
            return
        away = (self._now_ns() - self._came_ns) / 1e9
        if away < stall_seconds(self._source.info.frame_rate):
            return
        if self._on_loss == "end":
            self.problem = f"the source went away ({cause_of(self._source)})"
            raise Stopped
        self._on_missing(datetime.now().astimezone() - timedelta(seconds=away))

    def _look_for_the_first(self) -> None:
        """Ends a run whose source never answered, if a loss is to end it."""
        waited = (self._now_ns() - self._begun_ns) / 1e9
        if self._on_loss == "end" and waited > _FIRST_SECONDS:
            self.problem = f"the source never answered ({cause_of(self._source)})"
            raise Stopped
        self._on_missing(datetime.now().astimezone() - timedelta(seconds=waited))

    def stop(self) -> None:
        """Ends both sides; from any thread."""
        self._frames.stop()
        self._source.close()


def cause_of(source: Source) -> str:
    """Returns why `source` is away, as far as it says."""
    cause = source.link.status.cause if isinstance(source, Reconnects) else None
    return str(cause or "no picture came")
