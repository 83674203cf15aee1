"""What outputs have in common whose packets a child process sends on."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Event

from sinks.audio.track import carries
from sinks.live.worker.child import Child
from sinks.live.worker.stream_feed import StreamFeed
from sinks.packets import Encoded
from sources.audio import Audio

_LOOK_SECONDS = 0.1
_CONNECT_NS, _DRAIN_NS = 20_000_000_000, 5_000_000_000
_CHILDREN_TRIED = 3


class FedOutput(ABC):
    """One stream for a child; the child may have others."""

    def __init__(
        self,
        name: str,
        container: str,
        feed: StreamFeed,
        *,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Starts nothing yet.

        Args:
            name: For logs; without a password.
            container: What the child sends: `rtsp`, `flv` or `serve`.
            feed: Its packets.
            now_ns: The monotonic clock.
        """
        self.name = name
        self._container, self._feed, self._now_ns = container, feed, now_ns

    @property
    @abstractmethod
    def child(self) -> Child:
        """Who sends the packets on."""

    @property
    def connected(self) -> bool:
        """Whether the server takes the stream now."""
        return self.child.connected

    @property
    def error(self) -> str:
        """What the last child complained of, in a few words."""
        return self.child.error

    @property
    def replaced(self) -> int:
        """How many children had to be replaced."""
        return self.child.replaced

    @property
    def sent(self) -> int:
        """Packets handed over here."""
        return self._feed.sent

    @property
    def arrived(self) -> int:
        """Packets that a server took."""
        return self._feed.arrived

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time."""
        return self._feed.key_wanted()

    def carries(self, audio: Audio) -> bool:
        """Whether the protocol has a place for it."""
        return carries(self._container, audio)

    def send(self, packet: Encoded) -> None:
        """Hands a packet over; never waits."""
        self._feed.put(packet)

    def await_server(self, first: Encoded) -> bool:
        """Waits until a server takes the stream, which begins with `first`.

        A child that is replaced begins with a key frame, so it gets `first` anew.

        Returns:
            False where none did: three children in a row ended, or time is over.
        """
        waited = Event()
        until_ns = self._now_ns() + _CONNECT_NS
        while self._now_ns() < until_ns and self.replaced < _CHILDREN_TRIED:
            if self.connected:
                self._feed.count_from_here(first)
                return True
            if self.key_wanted():
                self.send(first)
            waited.wait(_LOOK_SECONDS)
        return False

    def drain(self) -> None:
        """Waits a while until all that was handed over has arrived or is dropped."""
        waited = Event()
        until_ns = self._now_ns() + _DRAIN_NS
        while self.connected and self._now_ns() < until_ns:
            if self._feed.all_arrived:
                return
            waited.wait(0.02)
