"""`derain run`: from a source to a sink."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from sources.address import without_secrets
from sources.live.opener import is_live
from streamer.api import opened
from streamer.cli.library.run import run_in_pieces, works_in_pieces
from streamer.cli.options import with_options
from streamer.cli.process_title import hide_passwords_in_title
from streamer.cli.run.checks import (
    check_changes,
    check_options,
    check_report,
)
from streamer.cli.run.closing import close_with
from streamer.cli.run.live.command import run_live, signals_stop
from streamer.cli.run.live.fleet import run_fleet
from streamer.cli.run.overwriting import Clobber, check_overwriting
from streamer.cli.run.page import page_of_file
from streamer.cli.run.progress import progress
from streamer.cli.run.several import run_each, sinks_for
from streamer.cli.supervisor import RECORD
from streamer.errors import StreamerError
from streamer.library.options import LIBRARY_OPTIONS
from streamer.live.fleet.settings import FleetSettings, StreamSettings, fleet_in
from streamer.network.protocol import (
    Network,
    check_network,
    for_one_stream,
    open_alone,
    open_network,
)
from streamer.pipeline.report import Report
from streamer.settings import (
    DEFAULTS,
    OPTIONS,
    RunSettings,
    settings_from,
    still_pictures,
)

_Places = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE... SINK",
        show_default=False,
        help="SOURCE: a video file, folder/, folder/%06d.png, a picture, - (a video on "
        "standard input), camera:0, test:rain?size=1280x720&frames=300; live: rtsp://, "
        "rtsps://, http://, rtmp:// or gst:PIPELINE ! appsink. SINK: a video file "
        "(.mp4 .mov .mkv .webm), folder/, folder/%06d.png, a picture, - (Matroska on "
        "standard output, "
        "see --container) or null:; live: rtsp:// or "
        "rtmp:// to push to, serve://127.0.0.1:8554/clean to be a server, "
        "folder/index.m3u8. Several files go into a folder/ under their names.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What the command line says besides sources and sinks."""

    given: Mapping[str, Any]
    """The options of a run that were given, by name."""
    report: Path | None
    config: Path | None
    clobber: Clobber
    ray: str | None
    quiet: bool


@with_options({**OPTIONS, **LIBRARY_OPTIONS})
def run(
    places: _Places = None,
    *,
    given: Mapping[str, Any],
    report: Annotated[
        Path | None, typer.Option(help="Write what was done as JSON.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file with any of these options.")
    ] = None,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Overwrite an older output without asking."),
    ] = False,
    no_clobber: Annotated[
        bool, typer.Option("--no-clobber", help="Never overwrite an older output.")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Make pieces on a Ray cluster, or local for one of its own.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors only.")] = False,
) -> int:
    """Remove the rain from SOURCE and write SINK.

    Time stamps, colour, audio, subtitles and tags are kept. Ctrl-C completes the
    output and ends with status 130; a second Ctrl-C ends at once. A config file with
    `stream` tables names sources and sinks itself.

    A folder of films, or a pattern such as 'clips/*.mp4', goes into a folder, film by
    film and in pieces: the same command goes on where a crash or Ctrl-C ended it. So
    does --resume for one film.
    """
    hide_passwords_in_title()
    request = _Request(
        given=given,
        report=report,
        config=config,
        clobber=Clobber(yes=yes, never=no_clobber),
        ray=ray,
        quiet=quiet,
    )
    if places and len(places) > 2:
        return _run_each(places, request)
    source, sink = [*(places or []), None, None][:2]
    if source and sink and works_in_pieces(source, sink, given):
        return _run_pieces(source, sink, request)
    return _run_streams(source, sink, request)


def _run_each(places: Sequence[str], request: _Request) -> int:
    """Runs several files, each into a folder."""
    if request.report is not None:
        raise StreamerError("--report goes with one source")
    *sources, folder = places
    sinks = sinks_for(sources, folder)
    settings = settings_from(DEFAULTS, request.config, request.given)
    check_network(settings.network)
    for source, sink in zip(sources, sinks, strict=True):
        check_options(source, sink, request.given)
        check_overwriting(sink, request.clobber)
    quiet = request.quiet

    def run_one(source: str, sink: str, network: Callable[[], Network]) -> int:
        done = _run(source, sink, settings, measure=False, quiet=quiet, alone=network)
        return close_with(done, quiet=quiet)

    return run_each(sources, sinks, lambda: open_alone(settings.network), run_one)


def _run_pieces(source: str, sink: str, request: _Request) -> int:
    """Runs a film that can be resumed, or a library."""
    settings = settings_from(DEFAULTS, request.config, request.given)
    if request.report is not None:
        raise StreamerError("--report goes with a film in one go")
    check_options(source, sink, request.given)
    check_network(settings.network)
    return run_in_pieces(
        source,
        sink,
        settings,
        request.given,
        quiet=request.quiet,
        ray=request.ray,
        clobber=request.clobber,
    )


def _run_streams(source: str | None, sink: str | None, request: _Request) -> int:
    """Runs one file or live source, or the streams that a TOML file names."""
    _refuse_ray(request.ray)
    config, given, report = request.config, request.given, request.report
    fleet = _fleet(source, sink, config, given)
    streams = fleet.streams
    if report is not None:
        check_report(report, streams)
    for stream in streams:
        check_network(stream.run.network)
        check_overwriting(stream.sink, request.clobber)
    alone = len(streams) == 1 and not is_live(streams[0].source)
    if config is not None and source is None and report is None and not alone:

        def load() -> FleetSettings:
            return fleet_in(config, DEFAULTS, given)

        return run_fleet(fleet, config, load, quiet=request.quiet)
    [one] = streams
    return _run_one(one, report, quiet=request.quiet)


def _run_one(one: StreamSettings, report: Path | None, *, quiet: bool) -> int:
    check_changes(one.run.page)
    measure = report is not None
    if is_live(one.source):
        done = run_live(one, measure=measure, quiet=quiet)
    else:
        done = _run(one.source, one.sink, one.run, measure=measure, quiet=quiet)
    if report is not None:
        done.save(report)
    return close_with(done, quiet=quiet)


def _refuse_ray(address: str | None) -> None:
    if address:
        raise StreamerError("--ray goes with a library of films, or with --resume")


def _fleet(
    source: str | None, sink: str | None, config: Path | None, given: Mapping[str, Any]
) -> FleetSettings:
    """Returns what to run: the streams of a file, or the one of the command line."""
    found = fleet_in(config, DEFAULTS, given) if config else None
    if found and found.streams:
        if source is not None:
            raise StreamerError(
                f"{config} names its streams: give no SOURCE and SINK too"
            )
        return found
    settings = settings_from(DEFAULTS, config, given)
    if source is None or sink is None:
        missing = "SOURCE" if source is None else "SINK"
        told = f", and {config} names no [[stream]]" if config else ""
        raise typer.BadParameter(f"{missing} is missing{told}.")
    check_options(source, sink, {**given, "record": settings.live.record})
    one = StreamSettings(name="stream", source=source, sink=sink, run=settings)
    return FleetSettings(common=settings, streams=(one,))


def _run(
    source: str,
    sink: str,
    settings: RunSettings,
    *,
    measure: bool,
    quiet: bool,
    alone: Callable[[], Network] | None = None,
) -> Report:
    """Runs a file; `alone` gives a network that is loaded already, without memory."""

    def network() -> Network:
        still, options = still_pictures(source, sink), settings.network
        if alone is None:
            return open_network(options, still=still)
        return for_one_stream(
            alone(), temporal=options.temporal, gate=options.gate, still=still
        )

    def told(frames: int) -> None:
        RECORD.stored(frames)
        shown(frames)

    RECORD.begins(without_secrets(source), without_secrets(sink))
    with (
        progress(quiet=quiet) as shown,
        opened(
            source,
            sink,
            network=network,
            run=settings.run,
            encode=settings.encode,
            on_frame=told,
        ) as pipeline,
        signals_stop(pipeline),
        page_of_file(settings.page, Path(source).name or source, pipeline),
    ):
        shown.expect(pipeline.frames_expected)
        pipeline.run()
        return pipeline.report(source, sink, measure_alone=measure)
