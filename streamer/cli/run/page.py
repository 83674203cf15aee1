"""The operator's page of `derain run --page HOST:PORT`, for files and live sources."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sinks.live.opener import is_live_sink
from sinks.live.recordings import recordings_of
from streamer.errors import StreamerError
from streamer.live.fleet.settings import StreamSettings
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.pipeline import LivePipeline
from streamer.network.protocol import Network
from streamer.pipeline.runner import Runner
from streamer.settings import PageOptions

if TYPE_CHECKING:
    from streamer.page.changes import Changes
    from streamer.page.video import Videos
    from streamer.page.viewers import Previews
    from streamer.page.views import About, Feed, Recordings, StreamView

TOKEN_VARIABLE = "DERAIN_PAGE_TOKEN"  # noqa: S105 - the name of a variable
Tap = Callable[[str, LivePipeline], None]
"""Lets the page look at a stream, by its name, before it runs."""


@contextmanager
def page_of_streams(
    options: PageOptions,
    streams: Callable[[], Iterable[StreamSettings]],
    network: Network,
    snapshots: Callable[[], Mapping[str, LiveSnapshot]],
    changes: "Changes | None" = None,
) -> Iterator[Tap]:
    """Serves a page of live streams until the block ends, if one is asked for.

    Args:
        options: Where.
        streams: Says what runs, and where it is recorded.
        network: What they share.
        snapshots: Says what each does.
        changes: Lets streams come and go, if the options allow it.

    Raises:
        StreamerError: The page cannot be served, or its packages are missing.
    """
    if options.page is None:
        if options.allow_changes:
            raise StreamerError("--allow-changes goes with --page HOST:PORT")
        yield no_tap
        return
    _need_packages()
    allowed = changes if options.allow_changes else None
    about = partial(_about, network, allowed.kept if allowed else "")
    feed = partial(_views, streams, snapshots)
    with _served(options, about, feed, snapshots, allowed) as (previews, videos):

        def tap(name: str, pipeline: LivePipeline) -> None:
            pipeline.output.preview = previews.tap(name)
            pipeline.tap_video(videos.tap(name))

        yield tap


def _views(
    streams: Callable[[], Iterable[StreamSettings]],
    snapshots: Callable[[], Mapping[str, LiveSnapshot]],
) -> Mapping[str, "StreamView"]:
    """Returns what the page shows of each stream that runs and is known."""
    from streamer.page.views import StreamView

    known = {stream.name: stream for stream in streams()}
    return {
        name: StreamView(
            snapshot=shot,
            recordings=recordings_like(known[name].run.live.record),
            video=is_encoded_live(known[name]),
        )
        for name, shot in snapshots().items()
        if name in known
    }


@contextmanager
def page_of_file(
    options: PageOptions, name: str, pipeline: Runner[Any]
) -> Iterator[None]:
    """Serves a page of one file's run until the block ends, if one is asked for.

    Raises:
        StreamerError: The page cannot be served, or its packages are missing.
    """
    if options.page is None:
        yield
        return
    _need_packages()
    from streamer.page.views import FileProgress, StreamView

    begun = time.monotonic()

    def feed() -> Mapping[str, "StreamView"]:
        done = pipeline.output.frames_out
        seconds = max(time.monotonic() - begun, 1e-3)
        progress = FileProgress(
            frames_done=done,
            frames_total=pipeline.frames_expected,
            fps=round(done / seconds, 2),
        )
        return {
            name: StreamView(
                progress=progress, coverage_of_file=pipeline.output.coverage
            )
        }

    about = partial(_about, pipeline.network)
    with _served(options, about, feed, dict) as (previews, _videos):
        pipeline.output.preview = previews.tap(name)
        yield


def recordings_like(pattern: str | None) -> "Recordings | None":
    """Returns what is kept of the files that a recorder names by `pattern`.

    Args:
        pattern: As `--record` takes it, with strftime's letters in the file's name.
    """
    if pattern is None:
        return None
    from streamer.page.views import Recordings

    path = Path(pattern)
    kept = recordings_of(path) if path.parent.is_dir() else []
    return Recordings(
        count=len(kept),
        size_bytes=sum(file.stat().st_size for file in kept),
        newest=kept[-1].name if kept else "",
    )


@contextmanager
def _served(
    options: PageOptions,
    about: Callable[[], "About"],
    feed: "Feed",
    snapshots: Callable[[], Mapping[str, LiveSnapshot]],
    changes: "Changes | None" = None,
) -> Iterator[tuple["Previews", "Videos"]]:
    from prometheus_client.registry import CollectorRegistry  # loads a web server

    from streamer.live.metrics.prometheus import LiveCollector
    from streamer.page.board import Board
    from streamer.page.server import Address, page_served
    from streamer.page.video import Videos
    from streamer.page.viewers import Previews

    metrics = CollectorRegistry(auto_describe=False)
    metrics.register(LiveCollector(snapshots))
    address = Address(
        place=options.page or "",
        token=os.environ.get(TOKEN_VARIABLE, ""),
        names=(options.page_host,) if options.page_host else (),
        certificate=Path(options.page_cert) if options.page_cert else None,
        key=Path(options.page_key) if options.page_key else None,
    )
    previews, videos = Previews(), Videos()
    board = Board(about, feed)
    with page_served(address, board, previews, metrics, changes, videos):
        yield previews, videos


def _about(network: Network, changes: str = "") -> "About":
    from streamer.page.views import About

    return About(
        version=version("derain"),
        network=network.model,
        device=network.device,
        precision=network.precision,
        backend=network.backend,
        slots=network.slots,
        changes=changes,
    )


def is_encoded_live(stream: StreamSettings) -> bool:
    """Returns whether a stream is encoded for viewers or recordings as it comes."""
    return is_live_sink(stream.sink) or stream.run.live.record is not None


def no_tap(_name: str, _pipeline: LivePipeline) -> None:
    """Lets nobody look: there is no page."""


def _need_packages() -> None:
    try:
        import starlette  # noqa: F401 - whether it is there
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    except ImportError as error:
        raise StreamerError(
            f"--page needs the package {error.name}: pip install 'derain[web]'"
        ) from None
