"""Writes packets beside the pipeline: a disk that stalls holds up no frame."""

import logging
from dataclasses import replace
from functools import partial
from threading import Event

from sinks.background_writer import BackgroundWriter, StalledError
from sinks.errors import SinkError
from sinks.live.output import OutputStatus, PacketOutput
from sinks.packets import Encoded
from sources.audio import Audio

_LOG = logging.getLogger("derain.sink")


class ThreadedOutput:
    """Gives an output a thread of its own, and a queue before it.

    When the queue is full all of it is dropped, and what follows up to a key frame.

    Only one thread sends; another writes.
    """

    def __init__(self, inner: PacketOutput) -> None:
        """`inner` is closed with this."""
        self.name = inner.name
        self.inner = inner
        self._writer: BackgroundWriter | None = None
        self._closed = False
        self._skipped = 0
        self._wait_for_key = True
        self._key_wanted = Event()
        self._asked = False

    @property
    def dropped(self) -> int:
        """Packets that were not written."""
        return self._skipped + (self._writer.dropped if self._writer else 0)

    @property
    def status(self) -> OutputStatus:
        """That of the output, with what was lost before it."""
        inner = self.inner.status
        return replace(inner, dropped=inner.dropped + self.dropped)

    def carries(self, audio: Audio) -> bool:
        """Whether audio of this kind can go along."""
        return self.inner.carries(audio)

    def start(self, audio: Audio | None) -> None:
        """Begins; `audio` may come too.

        Raises:
            SinkError: The output cannot begin.
        """
        self.inner.start(audio)
        self._writer = BackgroundWriter(self.name)

    def send(self, packet: Encoded) -> None:
        """Hands a packet over; never waits.

        Raises:
            SinkError: The output failed with an earlier packet, or has not begun.
        """
        if self._writer is None:
            raise SinkError(f"{self.name}: not begun")
        has_room = self._writer.has_room()
        if not has_room:
            self._writer.discard()
            self._key_wanted.set()
            _LOG.error("sink=%s the disk is too slow: %d lost", self.name, self.dropped)
            self._wait_for_key = True
        elif self._wait_for_key and not packet.key:
            self._skipped += 1
        else:
            self._wait_for_key = False
            self._writer.do(partial(self._write, packet), len(packet.data))

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time.

        What the output asks for is on its way until it has written a key frame: on a
        disk that stalls every picture would be one.
        """
        wanted = self._key_wanted.is_set()
        if wanted:  # what is asked for from now on is for the next time
            self._key_wanted.clear()
        if not self._asked and self.inner.key_wanted():
            self._asked = wanted = True
        return wanted

    def close(self) -> None:
        """Writes what waits and completes the output; may be called twice.

        Raises:
            SinkError: The output failed.
        """
        if self._writer is None or self._closed:
            return
        self._closed = True
        try:
            self._writer.finish(last=self.inner.close)
        except StalledError as error:
            _LOG.error("sink=%s %s", self.name, error)

    def _write(self, packet: Encoded) -> None:
        self.inner.send(packet)
        self._asked = self._asked and not packet.key
