"""What happened in the last seconds, in memory that does not grow with the run.

What is old is forgotten when something new comes, not when somebody asks: a run may go
on for weeks, and nobody look.
"""

from collections import deque
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values of the last seconds with their times, oldest first. Not locked."""

    def __init__(self, window_ns: int) -> None:
        """`window_ns`: older ones are forgotten."""
        self._window_ns = window_ns
        self._items: deque[tuple[int, Value]] = deque()

    def add(self, now_ns: int, value: Value) -> None:
        """Takes one of now, by a clock that never goes back."""
        self._items.append((now_ns, value))
        self._forget(now_ns)

    def at(self, now_ns: int) -> list[tuple[int, Value]]:
        """Returns those of the window that ends now."""
        self._forget(now_ns)
        return list(self._items)

    def count(self, now_ns: int) -> int:
        """Returns how many there are in the window that ends now."""
        self._forget(now_ns)
        return len(self._items)

    def __len__(self) -> int:
        """How many take room now."""
        return len(self._items)

    def _forget(self, now_ns: int) -> None:
        while self._items and self._items[0][0] < now_ns - self._window_ns:
            self._items.popleft()
