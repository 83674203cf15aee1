"""`derain fleet`: live streams on the machines of a Ray cluster."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sources.address import holds_secret
from streamer.cli import INTERRUPTED
from streamer.cli.log import log_to_stderr, say
from streamer.cli.ray.cluster import check_device, connected, whole_path
from streamer.cli.ray.stations import RayHosts
from streamer.cli.run.events import events_told
from streamer.cli.run.live.command import shown, signals_stop
from streamer.cli.run.live.fleet import refuse_other_process
from streamer.cli.run.live.reload import Load, Reloader
from streamer.errors import StreamerError
from streamer.live.fleet.settings import FleetSettings, StreamSettings, fleet_in
from streamer.live.fleet.spread import SpreadFleet
from streamer.network.protocol import check_network
from streamer.settings import DEFAULTS, EventOptions, LiveOptions, PageOptions


def fleet(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CAMERAS.TOML",
            show_default=False,
            help="TOML file with stream tables, as 'derain run --config' takes it.",
        ),
    ],
    *,
    ray: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            show_default=False,
            help="HOST:PORT of a Ray cluster, or local for one of its own.",
        ),
    ],
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors only.")] = False,
) -> int:
    """Keep the live streams of CAMERAS.TOML running on the nodes of a Ray cluster.

    Each GPU, or a machine's processors, runs the streams that it is given with one
    network. A stream stays where it is, and moves when its node dies. The file is
    watched, as by 'derain run --config'; without Ray, on one machine, use that.
    Passwords come from each node's environment: write ${NAME} in their place.
    """

    def load() -> FleetSettings:
        settings = fleet_in(config, DEFAULTS, {})
        check_for_ray(settings.streams)
        return settings

    streams = load().streams
    if not streams:
        raise StreamerError(f"{config}: no [[stream]] table is in it")
    check_network(streams[0].run.network)
    return _run(streams, config, load, ray, quiet=quiet)


def check_for_ray(streams: Sequence[StreamSettings]) -> None:
    """Refuses what would travel through Ray and must not, or cannot.

    Raises:
        StreamerError: An address holds a password, or the page or an Intel GPU is
            asked for.
    """
    for stream in streams:
        check_device(stream.run.network.device)
        if stream.run.page.page is not None:
            raise StreamerError(
                "page shows pictures, which do not travel through Ray: it goes with "
                "'derain run --config' on the machine of the streams"
            )
        for what, address in (("source", stream.source), ("sink", stream.sink)):
            if holds_secret(address):
                raise StreamerError(
                    f"stream {stream.name!r}: its {what} holds a password, which would "
                    "travel through Ray; write ${NAME} in its place, and set NAME in "
                    "the environment of `ray start` on each node"
                )


def for_nodes(streams: Sequence[StreamSettings]) -> list[StreamSettings]:
    """Returns the streams as nodes need them.

    That is with whole paths, and without who is told of their events.
    """
    return [
        replace(
            stream,
            sink=_sink_there(stream.sink),
            run=replace(
                stream.run,
                page=PageOptions(),
                events=EventOptions(),
                live=_live_there(stream.run.live),
            ),
        )
        for stream in streams
    ]


def _sink_there(sink: str) -> str:
    return sink if "://" in sink or sink == "null:" else whole_path(sink)


def _live_there(live: LiveOptions) -> LiveOptions:
    return replace(
        live,
        metrics=None,
        json_log=False,
        record=live.record and whole_path(live.record),
        serve_cert=live.serve_cert and whole_path(live.serve_cert),
        serve_key=live.serve_key and whole_path(live.serve_key),
    )


class RunningFile:
    """The streams of a file, on many places."""

    def __init__(self, spread: SpreadFleet, streams: Sequence[StreamSettings]) -> None:
        """Gives the streams to `spread`."""
        self.streams = tuple(streams)
        """What the file said last."""
        self._spread = spread
        spread.change(for_nodes(streams))

    def apply(self, settings: FleetSettings) -> dict[str, list[str]]:
        """Lets just these streams run; what is the same goes on untouched.

        Raises:
            StreamerError: Something of all streams differs, which takes a restart.
        """
        if not settings.streams:
            raise StreamerError("the file names no streams any more")
        refuse_other_process(self.streams[0], settings.streams[0])
        done = self._spread.change(for_nodes(settings.streams))
        self.streams = settings.streams
        return done


@contextmanager
def spread_on(
    address: str, streams: Sequence[StreamSettings]
) -> Iterator[tuple[SpreadFleet, RunningFile]]:
    """Gives the streams to a cluster while the block runs.

    Raises:
        StreamerError: There is no such cluster, or Ray is not installed.
    """
    with connected(address) as ray:
        spread = SpreadFleet(RayHosts(ray, streams[0].run.network))
        yield spread, RunningFile(spread, streams)


def _run(
    streams: Sequence[StreamSettings],
    path: Path,
    load: Load,
    address: str,
    *,
    quiet: bool,
) -> int:
    common = streams[0].run
    log_to_stderr(as_json=common.live.json_log, quiet=quiet)
    with ExitStack() as stack:
        spread, file = stack.enter_context(spread_on(address, streams))
        stack.enter_context(signals_stop(spread))
        stack.enter_context(shown(common.live, spread.snapshots, quiet=quiet))
        stack.enter_context(
            events_told(common.events, lambda: file.streams, spread.snapshots)
        )
        stack.enter_context(Reloader(path, load, file.apply).running())
        spread.run()
    for name, error in spread.errors.items():
        say(f"{name}: {error}", error=True)
    if spread.failed:
        return 1
    return INTERRUPTED if spread.stopped else 0
