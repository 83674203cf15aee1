"""`derain run --config` for a file of streams, which may change while they run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sinks.live.serving.ports import ServedPorts
from streamer.cli import INTERRUPTED
from streamer.cli.log import log_to_stderr, say
from streamer.cli.run.events import events_told
from streamer.cli.run.live.command import opened_stream, shown, signals_stop
from streamer.cli.run.live.reload import Load, Reloader
from streamer.cli.run.page import Tap, no_tap, page_of_streams
from streamer.errors import StreamerError
from streamer.live.fleet.hours import ActiveHours
from streamer.live.fleet.settings import StreamSettings
from streamer.live.fleet.supervisor import Fleet
from streamer.live.pipeline import LivePipeline
from streamer.network.protocol import Network, open_alone


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
            pipeline.output.preview = self.tap(self.stream.name)
            yield pipeline


class RunningFile:
    """The streams of a file, in a fleet that follows it.

    Args:
        fleet: Runs them.
        streams: What the file says at first.
    """

    def __init__(self, fleet: Fleet, streams: Sequence[StreamSettings]) -> None:
        self.streams = tuple(streams)
        """What the file said last."""
        self._fleet = fleet
        self._tap: Tap = no_tap
        self._ports = ServedPorts()

    def run(self, tap: Tap) -> None:
        """Runs until the fleet ends; `tap` gives places for pictures on the page."""
        self._tap = tap
        self._fleet.run(*self._planned(self.streams))

    def apply(self, streams: Sequence[StreamSettings]) -> Mapping[str, list[str]]:
        """Lets just these streams run; what is the same goes on untouched.

        Raises:
            StreamerError: Something of all streams differs, which takes a restart.
        """
        if not streams:
            raise StreamerError("the file names no streams any more")
        _refuse_other_process(self.streams[0], streams[0])
        done = self._fleet.change(*self._planned(streams))
        self.streams = tuple(streams)
        return done

    def _planned(
        self, streams: Sequence[StreamSettings]
    ) -> tuple[dict[str, StreamOpener], dict[str, ActiveHours]]:
        openers = {s.name: StreamOpener(s, self._tap, self._ports) for s in streams}
        return openers, {s.name: s.active for s in streams if s.active is not None}


def run_fleet(
    streams: Sequence[StreamSettings], path: Path, load: Load, *, quiet: bool
) -> int:
    """Runs the streams of a file until they are stopped; returns the exit status.

    Args:
        streams: What the file says now.
        path: The file, which is watched.
        load: Reads it anew.
        quiet: Shows errors only.
    """
    common = streams[0].run
    log_to_stderr(as_json=common.live.json_log, quiet=quiet)
    with closing(open_alone(common.network)) as shared, ExitStack() as stack:
        fleet = Fleet(shared)
        file = RunningFile(fleet, streams)
        tap = stack.enter_context(
            page_of_streams(common.page, lambda: file.streams, shared, fleet.snapshots)
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


def _refuse_other_process(before: StreamSettings, after: StreamSettings) -> None:
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
