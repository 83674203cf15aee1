"""Whose pictures go next through a network that several streams share.

Logic without threads: the caller locks and brings the clock.
"""

from collections.abc import Container

from streamer.network.waiting import Size, Waiting

WINDOW_NS = 5_000_000
"""How long a picture waits for others of its size. A sixth of the time between two
pictures at 30 a second, and more than decoders on one machine differ by."""


class RoundRobin:
    """One waiting place for each stream, and a turn that goes round.

    Who has the turn leads a batch of those of its size; then the next one has it. So
    each stream goes at the latest when all others have led once, whatever their sizes.
    """

    def __init__(self, batch: int, window_ns: int = WINDOW_NS) -> None:
        """At most `batch` pictures go together; 1: nobody waits for others."""
        self.batch = batch
        self._window_ns = window_ns
        self._places: dict[int, Waiting | None] = {}
        self._names = 0
        self._last = -1

    def join(self) -> int:
        """Returns the number of one more stream."""
        self._names += 1
        self._places[self._names] = None
        return self._names

    def leave(self, stream: int) -> Waiting | None:
        """Takes a stream out; returns what still waited, which will not go."""
        return self._places.pop(stream, None)

    def clear(self) -> list[Waiting]:
        """Returns what waits, and forgets it."""
        left = [waiting for waiting in self._places.values() if waiting]
        self._places = dict.fromkeys(self._places)
        return left

    def is_free(self, stream: int) -> bool:
        """Whether the waiting place of `stream` is empty."""
        return self._places[stream] is None

    def put(self, stream: int, waiting: Waiting) -> None:
        """Takes the waiting place of `stream`, which must be free."""
        self._places[stream] = waiting

    def take(self, now_ns: int, held: Container[Size] = frozenset()) -> list[Waiting]:
        """Returns the pictures that go next, all of one size.

        There are none while nothing waits, or while others may still join. Those of
        the sizes in `held` stay.
        """
        for stream in self._round(held):
            group = self._group_of(stream)
            if self._is_due(group, now_ns):
                self._last = stream
                chosen = group[: self.batch]
                for number, waiting in self._places.items():
                    if waiting in chosen:
                        self._places[number] = None
                return chosen
        return []

    def next_due_ns(self, held: Container[Size] = frozenset()) -> int | None:
        """Returns when `take` will give something if nothing changes before."""
        waiting = [self._places[stream] for stream in self._round(held)]
        came = [place.came_ns for place in waiting if place]
        return min(came) + self._window_ns if came else None

    def _round(self, held: Container[Size] = frozenset()) -> list[int]:
        """Streams that wait and may go, from the one whose turn it is."""
        places = self._places.items()
        waiting = [
            stream for stream, place in places if place and place.size not in held
        ]
        return sorted(waiting, key=lambda stream: (stream <= self._last, stream))

    def _group_of(self, leader: int) -> list[Waiting]:
        first = self._places[leader]
        order = sorted(self._round(), key=lambda stream: (stream < leader, stream))
        places = [self._places[stream] for stream in order]
        return [p for p in places if p and first and p.size == first.size]

    def _is_due(self, group: list[Waiting], now_ns: int) -> bool:
        full = len(group) >= self.batch
        nobody_else = all(self._places.values())
        oldest_ns = min(waiting.came_ns for waiting in group)
        return full or nobody_else or now_ns - oldest_ns >= self._window_ns
