"""One stream of a fleet: on a thread of its own, run again after an error."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from random import Random
from threading import Event, Thread

from sources.address import without_secrets
from sources.live.reconnect import BackOff
from streamer.live.fleet.hours import ActiveHours
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.pipeline import LivePipeline
from streamer.network.protocol import Network
from streamer.pipeline.report import Report
from streamer.pipeline.stats import Percentiles

Opener = Callable[[Callable[[], Network]], AbstractContextManager[LivePipeline]]
"""Opens a stream with a given network; two that are equal open the same stream."""
_LOG = logging.getLogger("derain.fleet")
_HEALTHY_SECONDS = 30.0
"""After so long a run the next error is tried again from the shortest wait."""
_LOOK_SECONDS = 0.5
NOT_RUNNING = LiveSnapshot(
    state="starting",
    cause="",
    fps_in=0,
    fps_out=0,
    latency_ms=Percentiles(p50_ms=0, p95_ms=0, p99_ms=0),
    bytes_sent=None,
    frames_in=0,
    frames_out=0,
    held=0,
    dropped={},
    reconnects=0,
    fresh_ago_seconds=0,
    stall_seconds=2,
)


class Member:
    """Runs one stream until it ends or is stopped; parked outside its hours."""

    def __init__(
        self,
        name: str,
        opener: Opener,
        network: Callable[[], Network],
        hours: ActiveHours | None = None,
    ) -> None:
        """Runs nothing before `start`.

        Args:
            name: Of the stream, and of its thread.
            opener: Opens it.
            network: Gives its part of the shared network.
            hours: When it runs; None: always.
        """
        self.name, self.opener = name, opener
        self.error = ""
        """The last error, without passwords; empty while there was none."""
        self.report: Report | None = None
        """What the last run did."""
        self.has_run = False
        """Whether a picture ever left."""
        self._network, self._hours = network, hours
        self._state = "starting"
        self._since = time.monotonic()
        self._pipeline: LivePipeline | None = None
        self._stopping = Event()
        self._last = NOT_RUNNING
        """At the end of the last run: what it counted, without rates."""
        self._thread = Thread(target=self._keep_to_the_end, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether it may still run."""
        return self._thread.is_alive()

    @property
    def has_ended(self) -> bool:
        """Whether it has run, and will not go on."""
        return self._thread.ident is not None and not self._thread.is_alive()

    @property
    def failed(self) -> bool:
        """Whether it waits to be tried again and no picture ever left."""
        return self._state == "failed" and not self.has_run

    def start(self) -> None:
        """Begins to run."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it in order; from any thread, may be called twice."""
        self._stopping.set()
        if pipeline := self._pipeline:
            pipeline.stop()

    def join(self, seconds: float) -> None:
        """Waits for its end, but only so long: a source may be blocked in a read."""
        self._thread.join(max(seconds, 0))

    def snapshot(self) -> LiveSnapshot:
        """Returns what it does; for any thread."""
        if pipeline := self._pipeline:
            return pipeline.snapshot()
        return replace(
            self._last if self._state == "ended" else NOT_RUNNING,
            state=self._state,
            cause=self.error if self._state == "failed" else "",
            fresh_ago_seconds=time.monotonic() - self._since,
        )

    def park_in_time(self) -> None:
        """Ends a run whose hours are over; it goes on when they begin again."""
        if self._pipeline and self._hours and not self._hours.are_now():
            self._pipeline.stop()

    def _keep_to_the_end(self) -> None:
        self._keep()
        if self._state != "failed":  # which says more
            self._enter("ended")

    def _keep(self) -> None:
        back_off = BackOff(Random())  # noqa: S311 - jitter, not security
        while self._may_run():
            begun = time.monotonic()
            try:
                self._run_once()
            except Exception as error:  # noqa: BLE001 - one stream never stops another
                self._note(error)
            else:
                if not self._hours or self._hours.are_now():
                    return
                continue
            if time.monotonic() - begun > _HEALTHY_SECONDS:
                back_off.reset()
            self._stopping.wait(back_off.seconds())

    def _may_run(self) -> bool:
        """Waits while the stream is parked; returns whether it is to go on."""
        while not self._stopping.is_set():
            if self._hours is None or self._hours.are_now():
                return True
            self._enter("parked")
            self._stopping.wait(_LOOK_SECONDS)
        return False

    def _run_once(self) -> None:
        self._enter("starting")
        with self.opener(self._network) as pipeline:
            self._pipeline = pipeline
            try:
                if not self._stopping.is_set():
                    pipeline.run()
            finally:
                self.report = pipeline.report(self.name, self.name)
                self.has_run = self.has_run or self.report.frames_out > 0
                self._last = replace(pipeline.snapshot(), fps_in=0, fps_out=0)
                self._pipeline = None

    def _enter(self, state: str) -> None:
        if state != self._state:
            self._state, self._since = state, time.monotonic()
            _LOG.info("stream=%s state=%s", self.name, state)

    def _note(self, error: Exception) -> None:
        text = " ".join(without_secrets(str(error)).split()) or type(error).__name__
        self.error = text
        self._enter("failed")
        _LOG.error("stream=%s failed=%r", self.name, text)
