"""The packets of one stream on their way to a child, and what became of them."""

from collections import deque
from collections.abc import Callable
from threading import Event, Lock

from sinks.packet_queue import PacketQueue
from sinks.packets import Encoded

_WAITING = 180
"""Packets: two seconds and more, with audio."""


class StreamFeed:
    """Written by the thread that encodes, read by the one that feeds the child."""

    def __init__(self, on_put: Callable[[], None] = lambda: None) -> None:
        """`on_put`: called for each packet that came."""
        self.sent = self.arrived = 0
        """Packets handed over here, and those that the child has sent on."""
        self.bytes_sent = self.key_frames = 0
        """Of packets that the child has sent on."""
        self._on_put = on_put
        self._dropped_before = 0
        self._key_wanted = Event()
        self._queue = PacketQueue(_WAITING, self._key_wanted.set)
        self._unanswered: deque[Encoded] = deque()
        self._first: Encoded | None = None
        self._counting = Lock()

    @property
    def dropped(self) -> int:
        """Packets that were not sent."""
        return self._queue.dropped

    @property
    def all_arrived(self) -> bool:
        """Whether all that was handed over has arrived or is dropped."""
        return self.arrived + self.dropped - self._dropped_before >= self.sent

    def want_key(self) -> None:
        """The next picture should be a key frame."""
        self._key_wanted.set()

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time."""
        wanted = self._key_wanted.is_set()
        if wanted:  # what is asked for from now on is for the next time
            self._key_wanted.clear()
        return wanted

    def put(self, packet: Encoded) -> None:
        """Takes a packet, or drops it; never waits."""
        self.sent += 1
        self._queue.put(packet)
        self._on_put()

    def get(self, seconds: float) -> Encoded | None:
        """Waits for the next packet for the child, but only so long."""
        packet = self._queue.get(seconds)
        if packet is not None:
            self._unanswered.append(packet)
        return packet

    def answered(self) -> None:
        """The child has sent on the oldest packet that it got."""
        with self._counting:
            packet = self._unanswered.popleft() if self._unanswered else None
            if packet is not None:
                self.bytes_sent += len(packet.data)
                self.key_frames += packet.key
            if packet is None or packet is not self._first:
                self.arrived += 1

    def restart(self) -> None:
        """A new child begins with a key frame; what the old one had is not known."""
        self._queue.restart()
        self._unanswered.clear()

    def count_from_here(self, first: Encoded) -> None:
        """`first` has arrived; it and what was before it are not counted again.

        It may have been sent several times, and be still on its way.
        """
        with self._counting:
            self._first = first
            self.sent = self.arrived = 1
            self._dropped_before = self.dropped

    def stop(self) -> None:
        """Takes nothing any more, and lets nobody wait; from any thread."""
        self._queue.stop()
