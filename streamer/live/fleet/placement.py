"""Which place runs which stream: by measured capacity, with as few moves as can be.

A place is a network somewhere: on a GPU, or on the processors of a machine. A stream
stays where it is as long as its place is heard of. Nothing here knows how places are
reached, and the clock comes from outside.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SILENT_SECONDS = 6.0
"""A place that was not heard of for so long is lost: its streams move."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where streams can run."""

    name: str
    capacity: float
    """Pixels a second that its network derains, as measured."""


@dataclass(frozen=True, slots=True)
class Move:
    """A stream that gets a place."""

    stream: str
    place: str
    before: str
    """Where it was before; empty: nowhere."""
    share: float
    """Of the place's capacity that its streams ask for; above 1 frames are dropped."""


class Placement:
    """Remembers which stream is where, and gives a place to those that have none."""

    def __init__(
        self,
        now_ns: Callable[[], int] = time.monotonic_ns,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        """Knows no place yet.

        Args:
            now_ns: The monotonic clock.
            silent_seconds: After which a place is lost.
        """
        self._now_ns, self._silent_ns = now_ns, round(silent_seconds * 1e9)
        self._places: dict[str, Place] = {}
        self._heard_ns: dict[str, int] = {}
        self._where: dict[str, str] = {}
        self._last: dict[str, str] = {}

    def opened(self, place: Place) -> None:
        """A place can be used from now on."""
        self._places[place.name] = place
        self.heard(place.name)

    def heard(self, name: str) -> None:
        """A place has answered."""
        self._heard_ns[name] = self._now_ns()

    def lost(self, name: str) -> None:
        """A place is gone; its streams have none until `settle`."""
        self._places.pop(name, None)
        self._heard_ns.pop(name, None)
        for stream in self.streams_at(name):
            del self._where[stream]

    def silent(self) -> list[str]:
        """Returns the places that were not heard of for too long."""
        limit_ns = self._now_ns() - self._silent_ns
        return [name for name, heard in self._heard_ns.items() if heard < limit_ns]

    def place_of(self, stream: str) -> str:
        """Returns where a stream is; empty: nowhere."""
        return self._where.get(stream, "")

    def streams_at(self, name: str) -> list[str]:
        """Returns the streams of a place."""
        return [stream for stream, place in self._where.items() if place == name]

    def settle(self, demands: Mapping[str, float]) -> Sequence[Move]:
        """Gives a place to each stream that has none; no other one is moved.

        The largest come first, each to the place that is then the least in demand for
        its capacity. Where nothing has room it gets a place all the same: a camera with
        dropped frames is worth more than none.

        Args:
            demands: Pixels a second of all streams that are to run, by name; what is
                not in it any more loses its place.

        Returns:
            Those that got a place now.
        """
        self._where = {s: place for s, place in self._where.items() if s in demands}
        asked = dict.fromkeys(self._places, 0.0)
        for stream, place in self._where.items():
            asked[place] += demands[stream]
        if not self._places:
            return []
        without = [stream for stream in demands if stream not in self._where]
        largest_first = sorted(without, key=lambda stream: (-demands[stream], stream))
        return [self._move(stream, demands[stream], asked) for stream in largest_first]

    def _move(self, stream: str, demand: float, asked: dict[str, float]) -> Move:
        def share_at(place: Place) -> tuple[float, str]:
            return (asked[place.name] + demand) / place.capacity, place.name

        share, name = min(share_at(place) for place in self._places.values())
        asked[name] += demand
        before = self._last.get(stream, "")
        self._where[stream] = self._last[stream] = name
        return Move(stream, name, before, share)
