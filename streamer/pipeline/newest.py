"""A hand-over that keeps the newest item only: the sender never waits.

A reader that waits for a slow network leaves packets in the socket: over TCP the delay
then grows without bound (8 s after 12 s were measured), over UDP pictures break.
"""

from collections.abc import Callable
from threading import Condition
from typing import Generic, TypeVar

from streamer.pipeline.channel import Stopped

Item = TypeVar("Item")


class Quiet(Exception):  # noqa: N818 - no error: there is just nothing yet
    """Nothing came within the time allowed."""


class LatestSlot(Generic[Item]):
    """One place between two threads; an item not taken in time is lost and counted."""

    def __init__(self, on_drop: Callable[[], None] = lambda: None) -> None:
        """`on_drop` is called on the sender's thread for every item lost."""
        self._item: Item | None = None
        self._on_drop = on_drop
        self._changed = Condition()
        self._ended = self._stopped = False
        self._error: BaseException | None = None

    def put(self, item: Item) -> None:
        """Hands `item` over in place of one that still waits.

        Raises:
            Stopped: The receiver wants no more.
        """
        with self._changed:
            if self._stopped:
                raise Stopped
            if self._item is not None:
                self._on_drop()
            self._item = item
            self._changed.notify_all()

    def get(self, seconds: float) -> Item:
        """Waits for an item, but only so long.

        Raises:
            Quiet: None came.
            Stopped: None will come any more.
            BaseException: The error that the sender handed on.
        """
        with self._changed:
            came = self._changed.wait_for(self._has_news, timeout=seconds)
            if self._error is not None:
                raise self._error
            if self._stopped or (self._ended and self._item is None):
                raise Stopped
            if not came or self._item is None:
                raise Quiet
            item, self._item = self._item, None
            return item

    def _has_news(self) -> bool:
        over = self._ended or self._stopped or self._error is not None
        return over or self._item is not None

    def end(self) -> None:
        """Says that no more items come; one that waits is still taken."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def fail(self, error: BaseException) -> None:
        """Hands an error on."""
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def stop(self) -> None:
        """Tells the sender that nothing more is wanted; may be called by anybody."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
