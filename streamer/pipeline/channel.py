"""The bounded hand-over between two threads.

It carries four things: items, the end and an error downstream, and a stop upstream.
"""

from collections import deque
from collections.abc import Iterator
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Stopped(Exception):  # noqa: N818 - no error: the other side wants no more
    """The other side of a channel does not want to go on."""


class Channel(Generic[Item]):
    """Hands items from one thread to another, at most `capacity` waiting.

    An error overtakes the items that wait: the run is over, and with a slow network
    those items could take long.
    """

    def __init__(self, capacity: int, *, drop_oldest: bool = False) -> None:
        """`drop_oldest`: a full channel loses its oldest item instead of waiting."""
        self._items: deque[Item] = deque()
        self._capacity = capacity
        self._drop_oldest = drop_oldest
        self._changed = Condition()
        self._ended = False
        self._stopped = False
        self._error: BaseException | None = None
        self.dropped = 0

    def put(self, item: Item) -> None:
        """Hands `item` on; waits while the channel is full.

        Raises:
            Stopped: The receiver wants no more.
        """
        with self._changed:
            if self._drop_oldest and len(self._items) >= self._capacity:
                self._items.popleft()
                self.dropped += 1
            self._changed.wait_for(
                lambda: self._stopped or len(self._items) < self._capacity
            )
            if self._stopped:
                raise Stopped
            self._items.append(item)
            self._changed.notify_all()

    def get(self) -> Item:
        """Waits for the next item and returns it.

        Raises:
            Stopped: The channel has ended and is empty, or was stopped.
            BaseException: The error that the sender handed on.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._items or self._ended or self._error or self._stopped
            )
            if self._error is not None:
                raise self._error
            if self._stopped or not self._items:
                raise Stopped
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def ready(self) -> bool:
        """Tells whether `get` would return, or raise, without waiting."""
        with self._changed:
            return bool(self._items or self._ended or self._error or self._stopped)

    def __iter__(self) -> Iterator[Item]:
        """Yields items until the end; raises the sender's error."""
        while True:
            try:
                item = self.get()
            except Stopped:
                return
            yield item

    def end(self) -> None:
        """Says that no more items come; those that wait are still taken."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """Hands an error on, in front of the items that wait."""
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def stop(self) -> None:
        """Tells the sender that nothing more is wanted; may be called by anybody."""
        with self._changed:
            self._stopped = True
            self._items.clear()
            self._changed.notify_all()
