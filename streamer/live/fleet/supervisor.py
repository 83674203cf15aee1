"""Several live streams at once: one network, and no stream stops another."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from threading import Event, Lock

from streamer.live.fleet.hours import ActiveHours
from streamer.live.fleet.member import Member, Opener
from streamer.live.metrics.counters import LiveSnapshot
from streamer.network.protocol import Network
from streamer.network.shared import Sharing
from streamer.pipeline.report import Report

_LAST_WORDS_SECONDS = 5.0
_IN_FLIGHT_SECONDS = 0.8
"""As of one run (`streamer.pipeline.runner`)."""
_TICK_SECONDS = 0.1


class Fleet:
    """Runs each stream on a thread of its own; streams may come and go meanwhile."""

    def __init__(self, network: Network, *, stays: bool = False) -> None:
        """Runs nothing yet.

        Args:
            network: Shared by all, and closed by its opener.
            stays: Go on when no stream runs, until `stop`: more may come.
        """
        self._hours: dict[str, ActiveHours] = {}
        self._network = network
        self._sharing: Sharing | None = None
        self._members: dict[str, Member] = {}
        self._stopping, self._running = Event(), Event()
        self._stays = stays
        self._changing = Lock()
        self._has_run = False
        self.failed = False
        """Whether it ended because no stream could be run at all."""

    @property
    def stopped(self) -> bool:
        """Whether the fleet was told to end."""
        return self._stopping.is_set()

    @property
    def runs(self) -> bool:
        """Whether streams can come and go: `run` has begun and has not ended."""
        return self._running.is_set()

    @property
    def ended(self) -> frozenset[str]:
        """The streams that came to their end and will not go on."""
        return frozenset(m.name for m in self._now() if m.has_ended)

    @property
    def failing(self) -> frozenset[str]:
        """The streams that wait to be tried again, of which no picture ever left."""
        return frozenset(m.name for m in self._now() if m.failed)

    @property
    def errors(self) -> dict[str, str]:
        """The last error of each stream that had one, without passwords."""
        return {m.name: m.error for m in self._now() if m.error}

    def stop(self) -> None:
        """Ends all streams; from any thread or a signal."""
        self._stopping.set()
        for member in self._now():
            member.stop()

    def run(
        self,
        openers: Mapping[str, Opener],
        hours: Mapping[str, ActiveHours] | None = None,
    ) -> dict[str, Report]:
        """Runs until all streams have ended or `stop`; returns what each did last.

        It ends as `failed`, too, where each stream failed before its first picture: a
        wrong password or a missing variable is for a person to mend.

        Args:
            openers: For each stream's name, what opens it with a given network.
            hours: When streams run, by name; the others always do.
        """
        with closing(Sharing(self._network)) as sharing:
            self._sharing = sharing
            self.change(openers, hours)
            self._running.set()
            while self._go_on():
                time.sleep(_TICK_SECONDS)
            self._running.clear()
            self._end(self._now(), cancel=self._network.cancel)
            self._sharing = None
        return {m.name: m.report for m in self._now() if m.report is not None}

    def change(
        self,
        openers: Mapping[str, Opener],
        hours: Mapping[str, ActiveHours] | None = None,
    ) -> dict[str, list[str]]:
        """Ends, starts and restarts streams until just these run; others go on.

        Args:
            openers: For each stream's name, what opens it; one that equals the
                opener of a running stream leaves that stream alone.
            hours: When streams run, by name; the others always do.

        Returns:
            Names under `added`, `removed` and `changed`.
        """
        with self._changing:
            before, hours = self._members, dict(hours or {})
            same = {
                name
                for name, opener in openers.items()
                if name in before
                and before[name].opener == opener
                and self._hours.get(name) == hours.get(name)
            }
            self._end([m for name, m in before.items() if name not in same])
            self._hours = hours
            self._members = {
                name: before[name] if name in same else self._new(name, opener)
                for name, opener in openers.items()
            }
            for name in openers.keys() - same:
                if not self.stopped:
                    self._members[name].start()
            return {
                "added": sorted(openers.keys() - before.keys()),
                "removed": sorted(before.keys() - openers.keys()),
                "changed": sorted((openers.keys() & before.keys()) - same),
            }

    def snapshots(self) -> dict[str, LiveSnapshot]:
        """Returns what each stream does; for any thread."""
        return {member.name: member.snapshot() for member in self._now()}

    def _now(self) -> list[Member]:
        return list(self._members.values())

    def _new(self, name: str, opener: Opener) -> Member:
        if self._sharing is None:
            raise RuntimeError("Fleet.change is for a fleet that runs.")
        return Member(name, opener, self._sharing.part, self._hours.get(name))

    def _go_on(self) -> bool:
        if not self._changing.acquire(blocking=False):
            return not self.stopped
        try:
            return self._some_run()
        finally:
            self._changing.release()

    def _some_run(self) -> bool:
        members = self._now()
        for member in members:
            member.park_in_time()
        if self._stays:
            return not self.stopped
        self._has_run = self._has_run or any(m.has_run for m in members)
        if members and not self._has_run and all(m.failed for m in members):
            self.failed = True
            self._stopping.set()
        return not self.stopped and any(m.is_alive for m in members)

    def _end(
        self, members: list[Member], cancel: Callable[[], None] = lambda: None
    ) -> None:
        """Ends streams; `cancel` gives up pictures that still are under way then."""
        for member in members:
            member.stop()
        begun = time.monotonic()
        for end, then in (
            (begun + _IN_FLIGHT_SECONDS, cancel),
            (begun + _LAST_WORDS_SECONDS, lambda: None),
        ):
            for member in members:
                member.join(end - time.monotonic())
            then()
