"""Who looks at which stream: each has a place for the newest message only."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Lock, Thread

from streamer.page.pictures import PairEncoder
from streamer.pipeline.preview import PreviewTap

_LOG = logging.getLogger("derain.page")
MAX_VIEWERS = 32
"""Connections for pictures at once, of all streams together."""


class TooManyViewersError(Exception):
    """As many look as may look at once."""


class Viewer:
    """The place for the newest message of one viewer; a slow one misses pictures."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._message = b""

    def put(self, message: bytes) -> None:
        """Replaces the message that waits; from any thread."""
        self._loop.call_soon_threadsafe(self._set, message)

    def _set(self, message: bytes) -> None:
        self._message = message
        self._ready.set()

    async def next(self) -> bytes:
        """Returns the newest message that was not returned before."""
        await self._ready.wait()
        self._ready.clear()
        return self._message


class Previews:
    """Compresses what the taps hold, on one thread, and gives it to the viewers.

    A viewer that stalls keeps its own place full and nothing else; a picture that
    cannot be compressed is logged once for each stream and left out.
    """

    def __init__(self, max_viewers: int = MAX_VIEWERS) -> None:
        """No stream, no viewer; `start` makes the thread."""
        self._work = Event()
        self._lock = Lock()
        self._taps: dict[str, PreviewTap] = {}
        self._viewers: dict[str, set[Viewer]] = {}
        self._failed: set[str] = set()
        self._max_viewers = max_viewers
        self._done = False

    def tap(self, name: str) -> PreviewTap:
        """Returns the tap of a stream; the same one for the same name."""
        with self._lock:
            if name not in self._taps:
                self._taps[name] = PreviewTap(self._work.set)
            return self._taps[name]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many look at each stream."""
        with self._lock:
            return {name: len(viewers) for name, viewers in self._viewers.items()}

    @asynccontextmanager
    async def watching(self, name: str) -> AsyncIterator[Viewer]:
        """Gives a place for the messages of a stream until the block ends.

        Raises:
            KeyError: There is no such stream.
            TooManyViewersError: `max_viewers` look already.
        """
        viewer = Viewer()
        with self._lock:
            tap = self._taps[name]
            if sum(map(len, self._viewers.values())) >= self._max_viewers:
                raise TooManyViewersError(f"{self._max_viewers} viewers look already")
            self._viewers.setdefault(name, set()).add(viewer)
        try:
            with tap.watching():
                yield viewer
        finally:
            with self._lock:
                self._viewers[name].discard(viewer)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Compresses on a thread of its own until the block ends."""
        thread = Thread(target=self._run, name="page pictures", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._done = True
            self._work.set()
            thread.join(2)

    def _run(self) -> None:
        encode = PairEncoder()
        while True:
            self._work.wait()
            self._work.clear()
            if self._done:
                return
            with self._lock:
                taps = dict(self._taps)
            for name, tap in taps.items():
                self._hand_out(name, tap, encode)

    def _hand_out(self, name: str, tap: PreviewTap, encode: PairEncoder) -> None:
        pair = tap.take()
        if pair is None:
            return
        try:
            message = encode(pair)
        except Exception as error:  # noqa: BLE001 - the page never ends a stream
            if name not in self._failed:
                self._failed.add(name)
                _LOG.warning("stream=%s no picture for the page: %s", name, error)
            return
        with self._lock:
            viewers = list(self._viewers.get(name, ()))
        for viewer in viewers:
            viewer.put(message)
