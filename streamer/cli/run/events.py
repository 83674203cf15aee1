"""The events of live runs: `--on-event`, `--webhook`, `--mqtt`."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from sinks.live.recordings import recordings_of
from streamer.events.detector import Detector, Recorded
from streamer.events.event import Target
from streamer.events.sender import delivered
from streamer.live.fleet.settings import StreamSettings
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.watch import watching
from streamer.settings import EventOptions

_LOOK_SECONDS = 1.0


@contextmanager
def events_told(
    options: EventOptions,
    streams: Callable[[], Iterable[StreamSettings]],
    snapshots: Callable[[], Mapping[str, LiveSnapshot]],
) -> Iterator[None]:
    """Tells the targets what happens until the block ends.

    Args:
        options: Who is told; where nobody is, nothing is looked at.
        streams: Says what runs, and where it is recorded.
        snapshots: Says what each does.

    Raises:
        StreamerError: A target makes no sense, or its package is missing.
    """
    targets = list(_targets(options))
    if not targets:
        yield
        return
    detector = Detector()

    with delivered(targets) as send:

        def watch(done: Event) -> None:
            while not done.wait(_LOOK_SECONDS):
                recorded = {
                    stream.name: recorded_by(stream.run.live.record)
                    for stream in streams()
                    if stream.run.live.record is not None
                }
                send(detector.look(time.time(), snapshots(), recorded))

        with watching(watch, "event watch", last_seconds=_LOOK_SECONDS):
            yield


def recorded_by(pattern: str) -> Recorded:
    """Returns which recordings are complete: all but the newest, which is written to.

    Args:
        pattern: As `--record` takes it.
    """
    path = Path(pattern)
    if not path.parent.is_dir():
        return Recorded(closed=frozenset(), free_bytes=0)
    names = [kept.name for kept in recordings_of(path)]
    free = shutil.disk_usage(path.parent).free
    return Recorded(closed=frozenset(names[:-1]), free_bytes=free)


def _targets(options: EventOptions) -> Iterator[Target]:
    """Yields who is told; what only one of them needs is loaded for it."""
    if options.on_event is not None:
        from streamer.events.command import Command

        yield Command(options.on_event)
    if options.webhook is not None:
        from streamer.events.webhook import Webhook  # with Python's web client

        yield Webhook(options.webhook)
    if options.mqtt is not None:
        from streamer.events.mqtt import Mqtt

        yield Mqtt(options.mqtt)
