"""Streams on many places: each is somewhere, and moves when its place is lost.

The places are asked again and again for what `/healthz` tells of their streams; that is
their heartbeat. How a place is reached, a `Host` knows.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Lock

from streamer.errors import StreamerError
from streamer.live.fleet.hosts import Host, Hosts, LostError
from streamer.live.fleet.member import NOT_RUNNING
from streamer.live.fleet.placement import Place, Placement
from streamer.live.fleet.settings import StreamSettings
from streamer.live.fleet.station import Beat, StreamBeat
from streamer.live.letterbox import size_in
from streamer.live.metrics.counters import LiveSnapshot

_LOG = logging.getLogger("derain.fleet")
_STEP_SECONDS = 0.5
_AGAIN_NS = 3_000_000_000
"""A place that could not be opened, or was lost, is tried again after so long."""
_TOGETHER_NS = 30_000_000_000
"""At the start streams wait so long for all places: they would fill the first one."""
_ASSUMED_PIXELS, _ASSUMED_RATE = 1280 * 720, 25.0
"""Of a stream that has not run yet and whose settings do not say."""


class SpreadFleet:
    """Keeps streams running on the places that there are."""

    def __init__(
        self, hosts: Hosts, now_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """Opens nothing before `step`.

        Args:
            hosts: The places.
            now_ns: The monotonic clock.
        """
        self.failed = False
        """Whether it ended because no stream could be run at all."""
        self._hosts, self._now_ns = hosts, now_ns
        self._placement = Placement(now_ns)
        self._open: dict[str, Host] = {}
        self._opening: dict[str, Host] = {}
        self._again_ns: dict[str, int] = {}
        self._refused: dict[str, str] = {}
        self._streams: dict[str, StreamSettings] = {}
        self._beats: dict[str, tuple[int, StreamBeat]] = {}
        self._demands: dict[str, float] = {}
        self._has_run = self._has_settled = False
        self._begun_ns = now_ns()
        self._stopping, self._lock = Event(), Lock()

    @property
    def stopped(self) -> bool:
        """Whether it was told to end."""
        return self._stopping.is_set()

    @property
    def errors(self) -> dict[str, str]:
        """The last error of each stream that had one, without passwords."""
        return {name: beat.error for name, beat in self._last().items() if beat.error}

    @property
    def places(self) -> dict[str, str]:
        """Where each stream is; empty: nowhere."""
        with self._lock:
            return {name: self._placement.place_of(name) for name in self._streams}

    def stop(self) -> None:
        """Ends all streams; from any thread or a signal."""
        self._stopping.set()

    def run(self) -> None:
        """Runs until all streams have ended or `stop`.

        It ends as `failed`, too, where each stream failed before its first picture.

        Raises:
            StreamerError: All places refuse to work together.
        """
        try:
            while not self.stopped and self._some_run():
                self.step()
                self._stopping.wait(_STEP_SECONDS)
        finally:
            hosts = [*self._open.values(), *self._opening.values()]
            with ThreadPoolExecutor(max(len(hosts), 1)) as pool:
                list(pool.map(lambda host: host.close(in_order=True), hosts))

    def change(self, streams: Sequence[StreamSettings]) -> dict[str, list[str]]:
        """Lets just these streams run; what is the same goes on untouched.

        Returns:
            Names under `added`, `removed` and `changed`.
        """
        after = {stream.name: stream for stream in streams}
        with self._lock:
            before = self._streams
            both = after.keys() & before.keys()
            done = {
                "added": sorted(after.keys() - before.keys()),
                "removed": sorted(before.keys() - after.keys()),
                "changed": sorted(n for n in both if after[n] != before[n]),
            }
            self._streams = after
            for name in (*done["removed"], *done["changed"]):
                self._beats.pop(name, None)
                self._demands.pop(name, None)
        return done

    def snapshots(self) -> dict[str, LiveSnapshot]:
        """Returns what each stream does, as far as it was told; for any thread."""
        now_ns = self._now_ns()
        with self._lock:
            return {name: self._shot(name, now_ns) for name in self._streams}

    def step(self) -> None:
        """Looks at all places once, and gives streams their places."""
        self._open_new()
        self._hear()
        for name in self._placement.silent():
            self._lose(name, LostError("silent"))
        with self._lock:
            self._settle()
            given = {name: self._streams_at(name) for name in self._open}
        for name, host in self._open.items():
            host.ask(given[name])

    def _open_new(self) -> None:
        known = self._open.keys() | self._opening.keys() | self._refused.keys()
        names = set(self._hosts.names())
        if names and names <= self._refused.keys():
            raise StreamerError(next(iter(self._refused.values())))
        for name in sorted(names):
            if name not in known and self._again_ns.get(name, 0) <= self._now_ns():
                self._opening[name] = self._hosts.open(name)
        for name, host in list(self._opening.items()):
            try:
                capacity = host.capacity()
            except LostError as error:
                self._lose(name, error)
                continue
            if capacity is not None:
                self._open[name] = self._opening.pop(name)
                self._placement.opened(Place(name, capacity))
                _LOG.info("place=%s megapixels_s=%.2f", name, capacity / 1e6)

    def _hear(self) -> None:
        for name, host in list(self._open.items()):
            try:
                came = host.answer()
            except LostError as error:
                self._lose(name, error)
                continue
            if came is not None:
                self._placement.heard(name)
                self._take(name, *came)

    def _take(self, place: str, asked: Sequence[StreamSettings], beat: Beat) -> None:
        now_ns = self._now_ns()
        with self._lock:
            for stream in asked:
                name, one = stream.name, beat.get(stream.name)
                here = self._placement.place_of(name) == place
                if one is None or not here or self._streams.get(name) != stream:
                    continue  # it runs elsewhere, or otherwise, by now
                self._has_run = self._has_run or one.shot.frames_out > 0
                before = self._beats.get(name)
                if one.error and (before is None or before[1].error != one.error):
                    _LOG.error("stream=%s place=%s failed=%r", name, place, one.error)
                self._beats[name] = now_ns, one
                if demand := _measured(stream, one.shot):
                    self._demands[name] = demand

    def _lose(self, name: str, error: LostError) -> None:
        if error.for_good:
            self._refused[name] = str(error)
        self._again_ns[name] = self._now_ns() + _AGAIN_NS
        host = self._open.pop(name, None) or self._opening.pop(name, None)
        with self._lock:
            left = self._placement.streams_at(name)
            self._placement.lost(name)
        _LOG.error("place=%s lost=%r streams=%d", name, str(error), len(left))
        if host is not None:
            host.close(in_order=False)

    def _settle(self) -> None:
        early = self._now_ns() - self._begun_ns < _TOGETHER_NS
        if not self._has_settled and self._opening and early:
            return
        self._has_settled = bool(self._open)
        demands = {
            name: self._demands.get(name) or assumed_demand(stream)
            for name, stream in self._streams.items()
            if not self._has_ended(name)
        }
        for move in self._placement.settle(demands):
            came = f" before={move.before}" if move.before else ""
            _LOG.info("stream=%s place=%s%s", move.stream, move.place, came)
            if move.share > 1:
                _LOG.warning(
                    "place=%s is asked for %.1f times what it can do, as far as is "
                    "known: frames may be dropped",
                    move.place,
                    move.share,
                )

    def _streams_at(self, place: str) -> Sequence[StreamSettings]:
        names = self._placement.streams_at(place)
        return tuple(self._streams[name] for name in sorted(names))

    def _has_ended(self, name: str) -> bool:
        return name in self._beats and self._beats[name][1].ended

    def _shot(self, name: str, now_ns: int) -> LiveSnapshot:
        told_ns, beat = self._beats.get(name, (self._begun_ns, None))
        age = (now_ns - told_ns) / 1e9
        if beat is None or not (
            self._placement.place_of(name) or self._has_ended(name)
        ):
            return replace(
                NOT_RUNNING, state="waiting", cause="no place", fresh_ago_seconds=age
            )
        return replace(beat.shot, fresh_ago_seconds=beat.shot.fresh_ago_seconds + age)

    def _last(self) -> dict[str, StreamBeat]:
        with self._lock:
            return {name: beat for name, (_, beat) in self._beats.items()}

    def _some_run(self) -> bool:
        beats = self._last()
        if not beats or beats.keys() != self._streams.keys():
            return True
        failing = all(beat.failing for beat in beats.values())
        self.failed = failing and not self._has_run
        return not self.failed and any(not beat.ended for beat in beats.values())


def assumed_demand(stream: StreamSettings) -> float:
    """Returns pixels a second of a stream that has not run yet."""
    live = stream.run.live
    width, height = size_in(live.size) if live.size else (_ASSUMED_PIXELS, 1)
    return width * height * min(_ASSUMED_RATE, live.rate or _ASSUMED_RATE)


def _measured(stream: StreamSettings, shot: LiveSnapshot) -> float:
    """Returns pixels a second that a stream asks for; 0: it cannot be told."""
    live = stream.run.live
    width, height = size_in(live.size) if live.size else (shot.source_pixels, 1)
    rate = min(shot.fps_in, live.rate) if live.rate else shot.fps_in
    return width * height * rate
