"""Encoded pictures that wait for who sends them, never without their key frame."""

from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from sinks.packets import Encoded
from sources.channel import Channel, Stopped


class PacketQueue:
    """Never makes the sender wait: when it is full all goes, up to a key frame."""

    def __init__(self, capacity: int, on_key_wanted: Callable[[], None]) -> None:
        """`on_key_wanted`: called when only a key frame can go on, on any thread."""
        self.dropped = 0
        self._capacity, self._on_key_wanted = capacity, on_key_wanted
        self._wait_for_key = True
        self._sending = Lock()
        self._packets: Channel[Encoded] = Channel(capacity)

    def put(self, packet: Encoded) -> None:
        """Takes a packet, or drops it; drops all after `stop`."""
        with self._sending:
            if self._wait_for_key and not packet.key:
                self.dropped += 1
                return
            if len(self._packets) == self._capacity:
                self.dropped += 1
                self._lose_all()
                return
            self._wait_for_key = False
            with suppress(Stopped):
                self._packets.put(packet)

    def get(self, seconds: float) -> Encoded | None:
        """Waits for a packet, but only so long, and not after `stop`."""
        try:
            return self._packets.get(seconds)
        except (TimeoutError, Stopped):
            return None

    def restart(self) -> None:
        """Drops what waits: a new receiver begins with a key frame."""
        with self._sending:
            self._lose_all()

    def stop(self) -> None:
        """Says that nothing more is sent, and lets nobody wait; from any thread."""
        self._packets.stop()

    def _lose_all(self) -> None:
        self.dropped += len(self._packets.take_while(lambda _: True))
        self._wait_for_key = True
        self._on_key_wanted()
