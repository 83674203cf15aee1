"""Several live streams at once: one network, and no stream stops another."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from random import Random
from threading import Event, Lock, Thread

from sources.address import without_secrets
from sources.live.reconnect import BackOff
from streamer.live.counters import LiveSnapshot
from streamer.live.pipeline import LivePipeline
from streamer.network.protocol import Network
from streamer.network.shared import Sharing
from streamer.pipeline.report import Report
from streamer.pipeline.stats import Percentiles

Opener = Callable[[Callable[[], Network]], AbstractContextManager[LivePipeline]]
_LOG = logging.getLogger("derain.fleet")
_LAST_WORDS_SECONDS = 5.0
_NOTHING = LiveSnapshot(
    state="failed",
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
    fresh_ago_seconds=1e9,
    stall_seconds=2,
)


class Fleet:
    """Runs each stream on a thread of its own, and again after an error."""

    def __init__(self, openers: Mapping[str, Opener], network: Network) -> None:
        """Runs nothing yet.

        Args:
            openers: For each stream's name, what opens it with a given network.
            network: Shared by all; closed by whoever opened it.
        """
        self.faults: dict[str, str] = {}
        """The last error of each stream that had one, without passwords."""
        self._openers = openers
        self._network = network
        self._running: dict[str, LivePipeline] = {}
        self._reports: dict[str, Report] = {}
        self._stopping = Event()
        self._never_ran: set[str] = set()
        self._changing = Lock()
        self.failed = False
        """Whether it ended because no stream could be run at all."""

    @property
    def stopped(self) -> bool:
        """Whether the fleet was told to end."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Ends all streams; from any thread or a signal."""
        self._stopping.set()
        for pipeline in list(self._running.values()):
            pipeline.stop()

    def run(self) -> dict[str, Report]:
        """Runs until all streams have ended or `stop`; returns what each did last.

        It ends as `failed`, too, where each stream failed before its first picture: a
        wrong password or a missing variable is for a person to mend.
        """
        with closing(Sharing(self._network)) as sharing:
            self._run_all(sharing)
        return dict(self._reports)

    def _run_all(self, sharing: Sharing) -> None:
        threads = [
            Thread(target=self._keep, args=(name, sharing), name=name, daemon=True)
            for name in self._openers
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and not self.stopped:
            time.sleep(0.1)
        until = time.monotonic() + _LAST_WORDS_SECONDS
        for thread in threads:
            thread.join(max(until - time.monotonic(), 0))

    def snapshots(self) -> dict[str, LiveSnapshot]:
        """Returns what each stream does; for any thread."""
        running = dict(self._running)
        return {
            name: running[name].snapshot() if name in running else _NOTHING
            for name in self._openers
        }

    def _keep(self, name: str, sharing: Sharing) -> None:
        back_off = BackOff(Random())  # noqa: S311 - jitter, not security
        while not self.stopped:
            begun = time.monotonic()
            try:
                self._run_once(name, sharing)
            except Exception as error:  # noqa: BLE001 - one stream never stops another
                self._note(name, error)
            else:
                return
            if time.monotonic() - begun > 30:
                back_off.reset()
            self._stopping.wait(back_off.seconds())

    def _run_once(self, name: str, sharing: Sharing) -> None:
        with self._changing:
            if not self.stopped:
                self._never_ran.discard(name)
        with self._openers[name](sharing.part) as pipeline:
            self._running[name] = pipeline
            try:
                if not self.stopped:
                    pipeline.run()
            finally:
                self._reports[name] = pipeline.report(name, name)

    def _note(self, name: str, error: Exception) -> None:
        text = " ".join(without_secrets(str(error)).split()) or type(error).__name__
        self.faults[name] = text
        with self._changing:
            if name not in self._reports or not self._reports[name].frames_out:
                self._never_ran.add(name)
            if len(self._never_ran) == len(self._openers) and not self.stopped:
                self.failed = True
                self._stopping.set()
        self._running.pop(name, None)
        _LOG.error("stream=%s failed=%r", name, text)
