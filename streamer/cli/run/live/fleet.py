"""`derain run --config` for a file of streams, which may change while they run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from sinks.live.serving.ports import ServedPorts
from streamer.cli import INTERRUPTED
from streamer.cli.log import log_to_stderr, say
from streamer.cli.run.events import events_told
from streamer.cli.run.live.command import opened_stream, shown, signals_stop
from streamer.cli.run.live.reload import Load, Reloader
from streamer.cli.run.page import Tap, no_tap, page_of_streams
from streamer.errors import StreamerError
from streamer.live.fleet.hours import ActiveHours
from streamer.live.fleet.settings import FleetSettings, StreamSettings
from streamer.live.fleet.supervisor import Fleet
from streamer.live.pipeline import LivePipeline
from streamer.network.auto import open_for_live
from streamer.network.protocol import Network

_REQUEST = "the request"


@dataclass(frozen=True)
class StreamOpener:
    """Opens one stream; equal to another one for the same settings."""

    stream: StreamSettings
    tap: Tap = field(compare=False)
    """Gives the place for its pictures on the page."""
    ports: ServedPorts = field(compare=False)
    """Shared by the streams."""

    @contextmanager
    def __call__(self, network: Callable[[], Network]) -> Iterator[LivePipeline]:
        """Opens it with a part of the shared network."""
        with opened_stream(self.stream, network, self.ports) as pipeline:
            self.tap(self.stream.name, pipeline)
            yield pipeline


class RunningFile:
    """The streams of a file, in a fleet that follows it, and whoever may change it.

    What `add`, `change` and `remove` do is not written to the file: the file, read
    again, says once more which streams run, as at a restart.

    Args:
        fleet: Runs them.
        settings: What the file says at first.
    """

    kept = (
        "not written to the file: a restart, or the file's next change, brings back "
        "what the file says"
    )

    def __init__(self, fleet: Fleet, settings: FleetSettings) -> None:
        self._settings = settings
        self._fleet = fleet
        self._tap: Tap = no_tap
        self._ports = ServedPorts()
        self._changing = Lock()

    @property
    def streams(self) -> tuple[StreamSettings, ...]:
        """What is to run now."""
        return self._settings.streams

    def run(self, tap: Tap) -> None:
        """Runs until the fleet ends; `tap` gives places for pictures on the page."""
        self._tap = tap
        self._fleet.run(*self._planned(self.streams))

    def apply(self, settings: FleetSettings) -> Mapping[str, list[str]]:
        """Lets just these streams run; what is the same goes on untouched.

        Raises:
            StreamerError: Something of all streams differs, which takes a restart.
        """
        if not settings.streams:
            raise StreamerError("the file names no streams any more")
        with self._changing:
            refuse_other_process(self.streams[0], settings.streams[0])
            return self._run(settings)

    def add(self, table: Mapping[str, Any]) -> Mapping[str, list[str]]:
        """Lets one more stream run, which `table` tells as the file would.

        Raises:
            StreamerError: The table would be refused in the file too.
        """
        with self._changing:
            return self._run(self._settings.with_added(table, _REQUEST))

    def change(self, name: str, table: Mapping[str, Any]) -> Mapping[str, list[str]]:
        """Lets one stream run as `table` tells.

        Raises:
            StreamerError: There is none, or the table would be refused in the file.
        """
        with self._changing:
            return self._run(self._settings.with_changed(name, table, _REQUEST))

    def remove(self, name: str) -> Mapping[str, list[str]]:
        """Ends one stream.

        Raises:
            StreamerError: There is none, or no other.
        """
        with self._changing:
            return self._run(self._settings.without(name))

    def _run(self, settings: FleetSettings) -> Mapping[str, list[str]]:
        done = self._fleet.change(*self._planned(settings.streams))
        self._settings = settings
        return done

    def _planned(
        self, streams: Sequence[StreamSettings]
    ) -> tuple[dict[str, StreamOpener], dict[str, ActiveHours]]:
        openers = {s.name: StreamOpener(s, self._tap, self._ports) for s in streams}
        return openers, {s.name: s.active for s in streams if s.active is not None}


def run_fleet(settings: FleetSettings, path: Path, load: Load, *, quiet: bool) -> int:
    """Runs the streams of a file until they are stopped; returns the exit status.

    Args:
        settings: What the file says now.
        path: The file, which is watched.
        load: Reads it anew.
        quiet: Shows errors only.
    """
    common = settings.streams[0].run
    log_to_stderr(as_json=common.live.json_log, quiet=quiet)
    opened = open_for_live(common.network, streams=len(settings.streams))
    with closing(opened) as shared, ExitStack() as stack:
        fleet = Fleet(shared)
        file = RunningFile(fleet, settings)
        tap = stack.enter_context(
            page_of_streams(
                common.page, lambda: file.streams, shared, fleet.snapshots, file
            )
        )
        stack.enter_context(signals_stop(fleet))
        stack.enter_context(shown(common.live, fleet.snapshots, quiet=quiet))
        stack.enter_context(
            events_told(common.events, lambda: file.streams, fleet.snapshots)
        )
        stack.enter_context(Reloader(path, load, file.apply).running())
        file.run(tap)
    for name, error in fleet.errors.items():
        say(f"{name}: {error}", error=True)
    if fleet.failed:
        return 1
    return INTERRUPTED if fleet.stopped else 0


def refuse_other_process(before: StreamSettings, after: StreamSettings) -> None:
    """Refuses a change of what the whole process has but once."""
    old, new = before.run, after.run
    for what, was, now in (
        ("the network's options", old.network, new.network),
        ("the page's options", old.page, new.page),
        ("the events' options", old.events, new.events),
        ("metrics", old.live.metrics, new.live.metrics),
        ("json_log", old.live.json_log, new.live.json_log),
    ):
        if was != now:
            raise StreamerError(f"a change of {what} takes a restart")
