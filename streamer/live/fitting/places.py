"""How many pictures are under way at once, where the limit changes."""

from threading import Condition


class Places:
    """Counts pictures that one thread starts and another one ends."""

    def __init__(self) -> None:
        """None is under way."""
        self._changed = Condition()
        self._taken = 0
        self._open = False

    def take(self, limit: int) -> None:
        """Takes a place when fewer than `limit` are taken, or after `open`."""
        with self._changed:
            self._changed.wait_for(lambda: self._open or self._taken < limit)
            self._taken += 1

    def give(self) -> None:
        """Gives a place back."""
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def open(self) -> None:
        """Lets everybody in from now on: the run is over."""
        with self._changed:
            self._open = True
            self._changed.notify_all()
