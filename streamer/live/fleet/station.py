"""Runs the streams that one place was given, with one network, and answers for them.

Whoever gives streams asks again and again. A station that is not asked any more has
lost its asker, who will by then have given the streams to another one: they end here,
so that no stream runs twice for long.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread

from streamer.errors import StreamerError
from streamer.live.fleet.member import Opener
from streamer.live.fleet.settings import StreamSettings
from streamer.live.fleet.supervisor import Fleet
from streamer.live.metrics.counters import LiveSnapshot
from streamer.network.protocol import Network

_LOG = logging.getLogger("derain.fleet")
LEASE_SECONDS = 5.0
"""Less than the silence after which the asker gives the streams to another place."""
_LOOK_SECONDS = 0.1
_END_SECONDS = 8.0
MakeOpener = Callable[[StreamSettings], Opener]
"""Returns what opens a stream; equal for equal settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamBeat:
    """How one stream is: small, and without a password."""

    shot: LiveSnapshot
    error: str
    """The last one; empty while there was none."""
    ended: bool
    """Whether it came to its end and will not go on."""
    failing: bool
    """Whether it waits to be tried again and no picture ever left."""


Beat = Mapping[str, StreamBeat]
"""How the streams of a station are, by name."""


class Station:
    """Runs the streams that it was asked for last."""

    def __init__(
        self,
        network: Network,
        opener: MakeOpener,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Runs nothing yet.

        Args:
            network: Shared by all; closed by whoever opened it, after `close`.
            opener: Makes what opens a stream.
            now_ns: The monotonic clock.
        """
        self._opener, self._now_ns = opener, now_ns
        self._fleet = Fleet(network, stays=True)
        self._wanted: dict[str, StreamSettings] = {}
        self._running: dict[str, StreamSettings] = {}
        self._asked_ns = now_ns()
        self._closing, self._lock = Event(), Lock()
        self._runs = Thread(target=self._fleet.run, args=({},), daemon=True)
        self._follows = Thread(target=self._follow, name="follow", daemon=True)
        self._runs.start()
        self._follows.start()

    def beat(self, streams: Sequence[StreamSettings]) -> Beat:
        """Says how the streams are that run, and lets just these run from now on.

        Raises:
            StreamerError: Nothing can run here any more.
        """
        if not (self._runs.is_alive() and self._follows.is_alive()):
            raise StreamerError("the streams of this place can not be kept any more")
        with self._lock:
            self._asked_ns = self._now_ns()
            self._wanted = {stream.name: stream for stream in streams}
            same = self._same()
        fleet = self._fleet
        errors, ended, failing = fleet.errors, fleet.ended, fleet.failing
        return {
            name: StreamBeat(
                shot=shot,
                error=errors.get(name, ""),
                ended=name in ended,
                failing=name in failing,
            )
            for name, shot in fleet.snapshots().items()
            if name in same
        }

    def _same(self) -> dict[str, StreamSettings]:
        """Those that run as they are wanted."""
        return {n: s for n, s in self._running.items() if self._wanted.get(n) == s}

    def close(self) -> None:
        """Ends all streams in order; may be called twice."""
        self._closing.set()
        self._follows.join(_END_SECONDS)
        self._fleet.stop()
        self._runs.join(_END_SECONDS)

    def _follow(self) -> None:
        """Changes the fleet on a thread of its own: a stream may take long to end."""
        while not self._closing.wait(_LOOK_SECONDS):
            if not self._fleet.runs:
                continue
            with self._lock:
                wanted = self._due()
                if wanted == self._running:
                    continue
                self._running = self._same()
            openers = {name: self._opener(stream) for name, stream in wanted.items()}
            hours = {n: s.active for n, s in wanted.items() if s.active is not None}
            self._fleet.change(openers, hours)
            with self._lock:
                self._running = wanted

    def _due(self) -> dict[str, StreamSettings]:
        late_ns = self._now_ns() - self._asked_ns
        if self._wanted and late_ns > LEASE_SECONDS * 1e9:
            _LOG.warning("not asked for %g s: all streams end", LEASE_SECONDS)
            self._wanted = {}
        return self._wanted
