"""A live run for benchmarks of faults, with what a viewer saw and what health said."""

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from benchmarks.support.live_parts import PassThrough
from sinks import Sink, open_sink
from sinks.errors import SinkError
from sinks.live.opener import is_live_sink, open_live_sink
from sinks.live.worker.rtsp_client.client import RtspClient
from sources.connect import ConnectOptions
from sources.live.opener import open_live
from streamer.live.pipeline import LivePipeline
from tests.support.servers.peers import eventually

RATE = 25
_LOOK_SECONDS = 0.1


class Timed:
    """Passes on to a sink and measures how long it takes."""

    def __init__(self, sink: Sink) -> None:
        self.worst_ms = 0.0
        self._sink = sink

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sink, name)

    def write(self, frame: Any) -> None:
        """Writes, with a stop watch."""
        before = time.perf_counter()
        self._sink.write(frame)
        self.worst_ms = max(self.worst_ms, (time.perf_counter() - before) * 1e3)


class Run:
    """A live run on its own thread, with what it said of its states."""

    def __init__(self, source: str, sink: str, transport: str = "tcp") -> None:
        self.source = open_live(source, ConnectOptions(transport=transport))
        self.said: list[str] = []
        self.source.on_change = lambda status: self.said.append(
            f"{status.state}" + (f" ({status.cause})" if status.cause else "")
        )
        live = is_live_sink(sink)
        self.sink = Timed(
            open_live_sink(sink, connect=ConnectOptions(transport=transport))
            if live
            else open_sink(sink)
        )
        self.pipeline = LivePipeline(self.source, PassThrough(), self.sink)
        self._thread = Thread(target=self.pipeline.run, daemon=True)
        self._begun = 0.0
        self._watch: Watch | None = None
        self._thread.start()

    @property
    def frames(self) -> int:
        """Fresh frames that have left."""
        return self.pipeline.counts.frames_out

    def settle(self, far_end: Callable[[], int] | None = None) -> None:
        """Waits until it flows; counting begins then.

        Args:
            far_end: Counts what a viewer or a server has got; None: what has left.
        """
        counts = self.pipeline.counts  # nothing leaves to a server that is absent
        eventually(
            lambda: counts.frames_in > 2 * RATE, seconds=30, what="the stream flows"
        )
        self.said.clear()
        self.sink.worst_ms = 0.0
        self._begun, self._before = time.monotonic(), self.frames
        self._watch = Watch(self.pipeline, far_end or (lambda: self.frames))

    def lost(self) -> int:
        """Returns the frames that should have left since, and did not."""
        due = (time.monotonic() - self._begun) * RATE
        return max(round(due - (self.frames - self._before)), 0)

    @property
    def watch(self) -> "Watch":
        """What was seen since it flowed."""
        if self._watch is None:
            raise RuntimeError("Run.watch is there after Run.settle.")
        return self._watch

    def close(self) -> None:
        """Ends it."""
        if self._watch is not None:
            self._watch.close()
        self.pipeline.stop()
        self._thread.join(5)
        self.sink.close()


class Watch:
    """Looks at a run ten times a second: its health, and how long the far end waits."""

    def __init__(self, pipeline: LivePipeline, count: Callable[[], int]) -> None:
        """Begins to look; `count` of what has come to the far end."""
        self.longest_gap_seconds = 0.0
        self._said: dict[str, None] = {}
        self._pipeline, self._count = pipeline, count
        self._ended = Event()
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    @property
    def health(self) -> str:
        """What `/healthz` named, one after the other."""
        return " → ".join(self._said) or "ok all the time"

    def _look(self) -> None:
        last, since = self._count(), time.monotonic()
        while not self._ended.wait(_LOOK_SECONDS):
            if problem := self._pipeline.snapshot().problem:
                self._said[problem] = None
            now = self._count()
            if now != last:
                last, since = now, time.monotonic()
            gap = time.monotonic() - since
            self.longest_gap_seconds = max(self.longest_gap_seconds, gap)

    def close(self) -> None:
        """Ends it."""
        self._ended.set()
        self._thread.join(1)


class Viewer:
    """Counts the packets of what is served, and comes back when it breaks off."""

    def __init__(self, address: str) -> None:
        """Begins to view on a thread of its own."""
        self.packets = 0
        self._address, self._ended = address, Event()
        self._thread = Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            client = RtspClient(self._address, seconds=5)
            try:
                client.play()
                while not self._ended.is_set():
                    client.packet()
                    self.packets += 1
            except (OSError, SinkError, KeyError):
                continue
            finally:
                client.close()

    def close(self) -> None:
        """Ends it."""
        self._ended.set()
        self._thread.join(6)
