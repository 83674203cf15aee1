"""Reads a connection on a thread of its own, so that one that hangs can be given up.

The driver of a camera may hang in a read for ever, and nothing but the driver ends
that: neither a thread nor a process that waits there can be killed. So the thread is
left alone, and no other one is sent after it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread

import av

from sources.frame import StreamInfo
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.reconnect import stall_seconds
from sources.live.stream import Connection

START_SECONDS = 10.0
"""Until the first picture: some cameras take seconds to wake up."""
_ROOM = 2
_LOOK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 0.3
_LOG = logging.getLogger("derain.source")


@dataclass(frozen=True, slots=True)
class _Came:
    """What the thread hands over: that it opened, a picture, or an error or the end."""

    info: StreamInfo | None
    picture: av.VideoFrame | None = None
    error: Exception | None = None


class ThreadedConnector:
    """Opens connections, one after the other."""

    def __init__(
        self,
        name: str,
        connect: Callable[[], Connection],
        *,
        start_seconds: float = START_SECONDS,
    ) -> None:
        """Opens nothing yet.

        Args:
            name: For logs.
            connect: Opens the connection; called on a thread of its own.
            start_seconds: How long the first picture may take.
        """
        self._name, self._connect, self._patience = name, connect, start_seconds
        self._last: ThreadedConnection | None = None

    def __call__(self) -> "ThreadedConnection":
        """Opens a connection.

        Raises:
            DisconnectedError: It did not open, or the last one still hangs.
        """
        if self._last is not None and self._last.hangs:
            raise DisconnectedError(Cause.STALLED, "its driver hangs")
        self._last = ThreadedConnection(self._name, self._connect, self._patience)
        self._last.open()
        return self._last


class ThreadedConnection:
    """A connection that another thread reads; this side never waits for long."""

    def __init__(
        self, name: str, connect: Callable[[], Connection], start_seconds: float
    ) -> None:
        """As for `ThreadedConnector`."""
        self._name, self._connect, self._patience = name, connect, start_seconds
        self._queue: Queue[_Came] = Queue(_ROOM)
        self._stopped = Event()
        self._info: StreamInfo | None = None
        self._thread = Thread(target=self._read, name=f"read {name}", daemon=True)

    @property
    def hangs(self) -> bool:
        """Whether its thread has not come back."""
        return self._thread.is_alive()

    @property
    def info(self) -> StreamInfo:
        """What came with the newest picture."""
        if self._info is None:
            raise DisconnectedError(Cause.STALLED)
        return self._info

    def open(self) -> None:
        """Opens it.

        Raises:
            DisconnectedError: It did not, or not in time.
        """
        self._thread.start()
        self._info = self._next(self._patience).info

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        """Yields pictures; None for a packet that could not be decoded.

        Raises:
            DisconnectedError: None came in time, or the connection broke.
        """
        limit = self._patience
        while (came := self._next(limit)).info is not None:
            self._info = came.info
            yield came.picture
            limit = stall_seconds(came.info.frame_rate)

    def _next(self, seconds: float) -> _Came:
        try:
            came = self._queue.get(timeout=seconds)
        except Empty:
            self._stopped.set()
            _LOG.error("source=%s hangs: no answer for %.0f s", self._name, seconds)
            raise DisconnectedError(Cause.STALLED, "its driver hangs") from None
        if came.error is not None:
            raise came.error
        return came

    def _read(self) -> None:
        try:
            with closing(self._connect()) as connection:
                self._hand_over(_Came(connection.info))
                for picture in connection.pictures():
                    if not self._hand_over(_Came(connection.info, picture)):
                        return
            self._hand_over(_Came(None))
        except Exception as error:  # noqa: BLE001 - raised by who reads
            self._hand_over(_Came(None, error=error))

    def _hand_over(self, came: _Came) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(came, timeout=_LOOK_SECONDS)
            except Full:
                continue
            return True
        return False

    def close(self) -> None:
        """Lets the thread end, which closes the connection; may be called twice."""
        self._stopped.set()
        self._thread.join(_LAST_WORDS_SECONDS)
