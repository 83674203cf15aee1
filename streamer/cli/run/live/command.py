"""`derain run` for live sources: one, or several from a file."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from types import FrameType
from typing import Protocol

from sinks.live.serving.ports import ServedPorts
from sources.address import without_secrets
from streamer.cli import INTERRUPTED
from streamer.cli.log import log_to_stderr, say
from streamer.cli.run.events import events_told
from streamer.cli.run.live.line import Snapshots, figures_logged, live_lines
from streamer.cli.run.live.systemd import told_to_systemd
from streamer.cli.run.page import page_of_streams
from streamer.cli.supervisor import RECORD
from streamer.live.fleet.settings import StreamSettings
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.open import opened_live
from streamer.live.pipeline import LivePipeline
from streamer.memory import find_rings_soon
from streamer.network.auto import open_for_live
from streamer.network.protocol import Network, for_one_stream
from streamer.pipeline.report import Report
from streamer.settings import LiveOptions

_SAME_SECONDS = 0.3
"""A signal so soon after the first is the same one: `timeout` and systemd send theirs
to all processes of a group, and the parent (`supervisor`) hands its own on."""


class Stoppable(Protocol):
    """A run that can be told to end."""

    @property
    def stopped(self) -> bool:
        """Whether it was."""

    def stop(self) -> None:
        """Ends it in order."""


@contextmanager
def signals_stop(run: Stoppable, says: str = "completing the output") -> Iterator[None]:
    """Lets the first Ctrl-C or SIGTERM complete the output, and the second end it."""
    first_s = 0.0

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal first_s
        if run.stopped and time.monotonic() - first_s < _SAME_SECONDS:
            return
        if run.stopped:
            os._exit(INTERRUPTED)  # what is on the disk plays without its last second
        first_s = time.monotonic()
        say(f"{says}; once more to end at once")
        run.stop()

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, stop) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def run_live(stream: StreamSettings, *, measure: bool, quiet: bool) -> Report:
    """Runs one live stream until it ends or is stopped.

    Args:
        stream: What and how.
        measure: Measures the network alone afterwards.
        quiet: Shows errors only.

    Raises:
        SourceError: The source makes no sense, or waiting will not mend it.
        SinkError: The sink cannot be written.
    """
    log_to_stderr(as_json=stream.run.live.json_log, quiet=quiet)
    RECORD.begins(without_secrets(stream.source), without_secrets(stream.sink))
    load = partial(open_for_live, stream.run.network)
    with opened_stream(stream, load) as pipeline, signals_stop(pipeline):

        def snapshots() -> dict[str, LiveSnapshot]:
            return {stream.name: pipeline.snapshot()}

        with (
            page_of_streams(
                stream.run.page, lambda: [stream], pipeline.network, snapshots
            ) as tap,
            shown(stream.run.live, snapshots, quiet=quiet),
            events_told(stream.run.events, lambda: [stream], snapshots),
        ):
            tap(stream.name, pipeline)
            pipeline.run()
        names = without_secrets(stream.source), without_secrets(stream.sink)
        return pipeline.report(*names, measure_alone=measure)


@contextmanager
def shown(live: LiveOptions, snapshots: Snapshots, *, quiet: bool) -> Iterator[None]:
    """Shows what streams do until the block ends: metrics, and a line each second."""
    find_rings_soon()
    with ExitStack() as stack:
        if live.metrics:
            from streamer.live.metrics.health_server import (
                metrics_server,  # only if asked for
            )

            stack.enter_context(metrics_server(live.metrics, snapshots))
        if live.json_log:
            stack.enter_context(figures_logged(snapshots))
        else:
            stack.enter_context(live_lines(snapshots, quiet=quiet))
        stack.enter_context(told_to_systemd(snapshots))
        yield


def opened_stream(
    stream: StreamSettings,
    network: Callable[[], Network],
    ports: ServedPorts | None = None,
) -> AbstractContextManager[LivePipeline]:
    """Opens one stream with a network, or its part of a shared one.

    Args:
        stream: What it is.
        network: Opens the network, or its part.
        ports: Shared with other streams.
    """
    settings = stream.run

    def with_memory() -> Network:
        options = settings.network
        return for_one_stream(
            network(),
            temporal=options.temporal,
            gate=options.gate,
            still=False,
            fit=settings.live.fit == "auto",
        )

    return opened_live(
        stream.source,
        stream.sink,
        network=with_memory,
        run=settings.run,
        encode=settings.encode,
        connect=settings.connect,
        live=settings.live,
        ports=ports,
    )
