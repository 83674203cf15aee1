"""Hands encoded pictures to whoever watches beside the outputs; costs nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sinks.packets import Encoded

TakePacket = Callable[[Encoded], None]
"""Takes a packet on the encode thread; must neither block nor raise."""


class PacketTap:
    """Where the packets of a live sink can be had while it sends them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._watchers: tuple[TakePacket, ...] = ()
        self._key_wanted = False

    @contextmanager
    def watching(self, take: TakePacket) -> Iterator[None]:
        """Gives packets of pictures to `take` until the block ends, a key frame soon.

        Several may watch at once; for any thread.
        """
        with self._lock:
            self._watchers = (*self._watchers, take)
            self._key_wanted = True
        try:
            yield
        finally:
            with self._lock:
                left = [other for other in self._watchers if other is not take]
                self._watchers = tuple(left)

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time."""
        if not self._key_wanted:
            return False
        with self._lock:
            wanted, self._key_wanted = self._key_wanted, False
        return wanted

    def send(self, packet: Encoded) -> None:
        """Hands one on to all who watch; audio is for the outputs alone."""
        if packet.audio:
            return
        for take in self._watchers:
            take(packet)
