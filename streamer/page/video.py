"""The stream itself in a browser, with little delay: H.264 for WebCodecs.

The packets that leave for servers and recordings go to viewers too, as they are:
nothing is encoded for them. A viewer begins with a key frame, and one that reads too
slowly goes on at the next one.
"""

import asyncio
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Lock

from sinks.live.tap import PacketTap
from sinks.packets import TIME_BASE, Encoded
from streamer.page.viewers import MAX_VIEWERS, TooManyViewersError

HEADER = struct.Struct("!BQ")
"""1 for a key frame, else 0; microseconds of the stream's time. H.264 in the byte
stream format (Annex B) follows."""
_WAITING = 50
"""Packets that may wait for a viewer: two seconds of 25 fps."""


def message_of(packet: Encoded) -> bytes:
    """Returns a packet as a viewer gets it."""
    micros = round(packet.pts * TIME_BASE * 1_000_000)
    return HEADER.pack(packet.key, max(micros, 0)) + packet.data


class VideoViewer:
    """The packets that wait for one viewer; a slow one misses up to a key frame."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._waiting: deque[bytes] = deque()
        self._wait_for_key = True

    def put(self, packet: Encoded) -> None:
        """Takes a packet, or drops it; from any thread, also after the page's end."""
        with suppress(RuntimeError):  # the loop is closed: nobody looks any more
            self._loop.call_soon_threadsafe(self._add, packet)

    def _add(self, packet: Encoded) -> None:
        if self._wait_for_key and not packet.key:
            return
        self._wait_for_key = False
        self._waiting.append(message_of(packet))
        if len(self._waiting) > _WAITING:
            self._waiting.clear()
            self._wait_for_key = True
            return
        self._ready.set()

    async def next(self) -> bytes:
        """Returns the oldest message that waits."""
        while not self._waiting:
            self._ready.clear()
            await self._ready.wait()
        return self._waiting.popleft()


class Videos:
    """Who watches which stream."""

    def __init__(self, max_viewers: int = MAX_VIEWERS) -> None:
        """No stream, no viewer."""
        self._lock = Lock()
        self._taps: dict[str, PacketTap] = {}
        self._max_viewers, self._viewers = max_viewers, 0

    def tap(self, name: str) -> PacketTap:
        """Returns the tap of a stream; the same one for the same name."""
        with self._lock:
            return self._taps.setdefault(name, PacketTap())

    @asynccontextmanager
    async def watching(self, name: str) -> AsyncIterator[VideoViewer]:
        """Gives the packets of a stream until the block ends.

        Raises:
            KeyError: There is no such stream, or it encodes nothing.
            TooManyViewersError: `max_viewers` watch already.
        """
        with self._lock:
            tap = self._taps[name]
            if self._viewers >= self._max_viewers:
                raise TooManyViewersError(f"{self._max_viewers} viewers watch already")
            self._viewers += 1
        viewer = VideoViewer()
        try:
            with tap.watching(viewer.put):
                yield viewer
        finally:
            with self._lock:
                self._viewers -= 1
