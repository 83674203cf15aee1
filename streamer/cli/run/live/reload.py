"""Lets a file of streams change while they run: watched, and read on SIGHUP."""

import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType

from streamer.errors import StreamerError
from streamer.live.fleet.settings import FleetSettings
from streamer.live.watch import watching

_LOG = logging.getLogger("derain.config")
_LOOK_SECONDS = 1.0
Load = Callable[[], FleetSettings]
Apply = Callable[[FleetSettings], Mapping[str, list[str]]]


class Reloader:
    """Applies a file's streams when it has changed; a broken file changes nothing.

    Args:
        path: The file.
        load: Reads it.
        apply: Makes what it says run; returns names under what happened to them.
    """

    def __init__(self, path: Path, load: Load, apply: Apply) -> None:
        self._path, self._load, self._apply = path, load, apply
        self._seen = _identity(path)

    def look(self, *, forced: bool = False) -> None:
        """Reads the file if it has changed since the last look, or if `forced`."""
        seen = _identity(self._path)
        if seen == self._seen and not forced:
            return
        self._seen = seen
        try:
            done = self._apply(self._load())
        except StreamerError as error:
            _LOG.error("config=%s nothing is changed: %s", self._path, error)
            return
        _LOG.info("config=%s %s", self._path, in_words(done))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Looks until the block ends; SIGHUP reads the file at once."""
        wake = Event()

        def hang_up(_number: int, _frame: FrameType | None) -> None:
            wake.set()

        before = signal.signal(signal.SIGHUP, hang_up)
        look = partial(self._run, wake)
        try:
            with watching(look, "config", last_seconds=_LOOK_SECONDS, wake=wake.set):
                yield
        finally:
            signal.signal(signal.SIGHUP, before)

    def _run(self, wake: Event, done: Event) -> None:
        while not done.is_set():
            forced = wake.wait(_LOOK_SECONDS)
            wake.clear()
            if not done.is_set():
                self.look(forced=forced)


def in_words(done: Mapping[str, list[str]]) -> str:
    """Returns what `Apply` did as one line."""
    words = (f"{word} {' '.join(names)}" for word, names in done.items() if names)
    return ", ".join(words) or "nothing is different"


def _identity(path: Path) -> tuple[int, int, int]:
    """Returns what differs when a file was written or replaced; zeros if it is away."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns
