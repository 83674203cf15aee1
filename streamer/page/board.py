"""What all viewers see: looked at once a second on a thread of its own, then shared."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from threading import Event, Lock

from streamer.live.watch import watching
from streamer.page.history import History, Sample
from streamer.page.views import About, Feed, ProcessLoad, StreamView, view_as_json

_LOG = logging.getLogger("derain.page")


class Board:
    """The newest figures of all streams, and their last hour.

    Args:
        about: Says what the head of the page holds; its network may change.
        feed: Says what goes on.
    """

    def __init__(self, about: Callable[[], About], feed: Feed) -> None:
        self._about, self._feed = about, feed
        self._load = ProcessLoad()
        self._lock = Lock()
        self._histories: dict[str, History] = {}
        self._states: dict[str, tuple[str, float]] = {}
        self._bytes: dict[str, tuple[int, float]] = {}
        self._now: dict[str, object] = {"about": asdict(about()), "streams": []}
        self._views: dict[str, StreamView] = {}

    def look(self) -> None:
        """Asks the feed and remembers what it said."""
        views, now = dict(self._feed()), time.time()
        shown = [self._shown(name, view, now) for name, view in views.items()]
        about = asdict(self._about()) | self._load()
        with self._lock:
            self._views = views
            self._now = {"time": round(now, 3), "about": about, "streams": shown}
            for name, view in views.items():
                if view.snapshot is not None:
                    history = self._histories.setdefault(name, History())
                    history.add(now, _sample(view))
            for gone in self._histories.keys() - views.keys():
                del self._histories[gone]

    def as_json(self) -> dict[str, object]:
        """Returns the figures of all streams and the head, as plain values."""
        with self._lock:
            return self._now

    @property
    def views(self) -> dict[str, StreamView]:
        """The streams as they were last seen, by name."""
        with self._lock:
            return dict(self._views)

    def history(self, name: str) -> list[dict[str, float | int | None]]:
        """Returns the last hour of a stream; empty for one that is not known."""
        with self._lock:
            history = self._histories.get(name)
            return history.as_json() if history else []

    def _shown(self, name: str, view: StreamView, now: float) -> dict[str, object]:
        said = f"{view.snapshot.state} {view.snapshot.cause}" if view.snapshot else ""
        state, since = self._states.get(name, ("", now))
        if state != said:
            since = now
        self._states[name] = said, since
        return {
            "name": name,
            "since": round(since, 1),
            "kbit_s": self._rate(name, view, now),
            **view_as_json(view),
        }

    def _rate(self, name: str, view: StreamView, now: float) -> float | None:
        """Returns kbit/s that were sent since the last look."""
        sent = view.snapshot.bytes_sent if view.snapshot else None
        if sent is None:
            return None
        before, then = self._bytes.get(name, (sent, now))
        self._bytes[name] = sent, now
        return round(max(sent - before, 0) * 8 / 1000 / max(now - then, 1e-3), 1)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Looks once a second until the block ends."""
        with watching(self._run, "page board"):
            yield

    def _run(self, done: Event) -> None:
        while True:
            try:
                self.look()
            except Exception:  # noqa: BLE001 - logged; the next look may succeed
                _LOG.exception("the page could not look at the streams")
            if done.wait(1.0):
                return


def _sample(view: StreamView) -> Sample:
    shot = view.snapshot
    return Sample(
        fps_in=shot.fps_in if shot else 0.0,
        fps_out=shot.fps_out if shot else 0.0,
        latency_ms=shot.latency_ms.p95_ms if shot else 0.0,
        coverage=view.coverage,
    )
