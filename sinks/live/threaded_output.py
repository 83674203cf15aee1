"""Writes to a disk beside the pipeline: a disk that stalls holds up no frame.

A disk that wakes up, a full cache, a share in the network: each may hold a write, or
the completion of a file, for seconds.
"""

import logging
from threading import Event, Thread

from sinks.errors import SinkError
from sinks.live.sink import PacketOutput
from sinks.packets import Encoded, PacketQueue
from sources.audio import Audio

_WAITING = 1000
"""Packets: ten seconds and more, with audio; a sleeping disk takes about as long."""
_LOOK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 5.0
_LOG = logging.getLogger("derain.sink")


class ThreadedOutput:
    """Gives an outlet a thread of its own. What does not fit the queue is left out."""

    def __init__(self, inner: PacketOutput) -> None:
        """`inner` is closed with this."""
        self.name = inner.name
        self.inner = inner
        self._key_wanted = Event()
        self._queue = PacketQueue(_WAITING, self._overflowed)
        self._closing = Event()
        self._asked = False
        self._error: SinkError | None = None
        self._thread = Thread(target=self._keep, name=f"disk {self.name}", daemon=True)

    @property
    def dropped(self) -> int:
        """Packets that were not written."""
        return self._queue.dropped

    def carries(self, audio: Audio) -> bool:
        """Whether audio of this kind can go along."""
        return self.inner.carries(audio)

    def start(self, audio: Audio | None) -> None:
        """Begins; `audio` may come too.

        Raises:
            SinkError: The outlet cannot begin.
        """
        self.inner.start(audio)
        self._thread.start()

    def send(self, packet: Encoded) -> None:
        """Hands a packet over; never waits.

        Raises:
            SinkError: The outlet failed with an earlier packet.
        """
        if self._error is not None:
            raise self._error
        self._queue.put(packet)

    def _overflowed(self) -> None:
        self._key_wanted.set()
        _LOG.error("sink=%s the disk is too slow: %d lost", self.name, self.dropped)

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time.

        What the outlet asks for is on its way until it has written a key frame: on a
        disk that stalls every picture would be one.
        """
        wanted = self._key_wanted.is_set()
        self._key_wanted.clear()
        if not self._asked and self.inner.key_wanted():
            self._asked = wanted = True
        return wanted

    def close(self) -> None:
        """Writes what waits and completes the outlet; may be called twice.

        Raises:
            SinkError: The outlet failed.
        """
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join(_LAST_WORDS_SECONDS)
        if self._thread.is_alive():
            _LOG.error("sink=%s the disk does not answer: left incomplete", self.name)
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _keep(self) -> None:
        try:
            while (packet := self._next()) is not None:
                self.inner.send(packet)
                self._asked = self._asked and not packet.key
        except SinkError as error:
            self._error = error
        try:
            self.inner.close()
        except SinkError as error:
            self._error = self._error or error

    def _next(self) -> Encoded | None:
        while True:
            closing = self._closing.is_set()
            packet = self._queue.get(_LOOK_SECONDS)
            if packet is not None or closing:
                return packet
