"""The bounded hand-over between two threads, for sources, sinks and whoever runs them.

It carries four things: items, the end and an error downstream, and a stop upstream.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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

    def __init__(
        self, capacity: int, *, on_full: Callable[[deque[Item]], None] | None = None
    ) -> None:
        """What a full channel does depends on `on_full`.

        Args:
            capacity: How many items may wait.
            on_full: None makes the sender wait. Otherwise this is called, on the
                sender's thread, to take out what is lost in favour of the new item: a
                reader that waited for a slow network would leave packets in the
                socket, and over TCP the delay would grow without bound (8 s after 12 s
                were measured), over UDP pictures would break.
        """
        self._items: deque[Item] = deque()
        self._capacity, self._on_full = capacity, on_full
        self._changed = Condition()
        self._ended = False
        self._stopped = False
        self._error: BaseException | None = None

    def put(self, item: Item) -> None:
        """Hands `item` on; a full channel waits, or loses others.

        Raises:
            Stopped: The receiver wants no more.
        """
        with self._changed:
            if self._on_full is None:
                self._changed.wait_for(
                    lambda: self._stopped or len(self._items) < self._capacity
                )
            if self._stopped:
                raise Stopped
            if self._on_full is not None and len(self._items) == self._capacity:
                self._on_full(self._items)
            self._items.append(item)
            self._changed.notify_all()

    def get(self, seconds: float | None = None) -> Item:
        """Waits for the next item and returns it; for ever, or so many seconds.

        Raises:
            TimeoutError: None came in that time.
            Stopped: The channel has ended and is empty, or was stopped.
            BaseException: The error that the sender handed on.
        """
        with self._changed:
            if not self._changed.wait_for(self._has_news, seconds):
                raise TimeoutError
            if self._error is not None:
                raise self._error
            if self._stopped or not self._items:
                raise Stopped
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def keep_newest(self) -> int:
        """Drops all items that wait but the newest; returns how many were dropped."""
        with self._changed:
            dropped = max(len(self._items) - 1, 0)
            for _ in range(dropped):
                self._items.popleft()
            self._changed.notify_all()
            return dropped

    def take_while(self, wanted: Callable[[Item], bool]) -> list[Item]:
        """Returns the items that wait up to the first that is not wanted."""
        with self._changed:
            taken = []
            while self._items and wanted(self._items[0]):
                taken.append(self._items.popleft())
            self._changed.notify_all()
            return taken

    def __len__(self) -> int:
        """How many items wait."""
        with self._changed:
            return len(self._items)

    def ready(self) -> bool:
        """Tells whether `get` would return, or raise, without waiting."""
        with self._changed:
            return self._has_news()

    def _has_news(self) -> bool:
        over = self._ended or self._stopped or self._error is not None
        return over or bool(self._items)

    def __iter__(self) -> Iterator[Item]:
        """Yields items until the end; raises the sender's error."""
        while True:
            try:
                item = self.get()
            except Stopped:
                return
            yield item

    def feed(self, items: Iterable[Item]) -> None:
        """Hands on all items and then the end, as `feeding` does."""
        with self.feeding():
            for item in items:
                self.put(item)

    @contextmanager
    def feeding(self) -> Iterator[None]:
        """Says the end when the block ends, on the sender's thread.

        An error in it goes downstream, and is raised here as well. A stop of whoever
        makes the items, or of the receiver, is an end.
        """
        try:
            yield
        except Stopped:
            pass
        except BaseException as error:
            self.fail(error)
            raise
        self.end()

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
