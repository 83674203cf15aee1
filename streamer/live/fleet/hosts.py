"""The places that streams may run on, as they are reached, and how one is lost."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from streamer.live.fleet.settings import StreamSettings
from streamer.live.fleet.station import Beat


class LostError(Exception):
    """A place is gone, or cannot be opened; why, in one line."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        """`for_good`: it need not be tried again."""
        super().__init__(why)
        self.for_good = for_good


class Host(Protocol):
    """A place as it is reached. Nothing here waits."""

    def capacity(self) -> float | None:
        """Returns pixels a second once the place is open; None: not yet.

        Raises:
            LostError: It cannot be opened.
        """

    def ask(self, streams: Sequence[StreamSettings]) -> None:
        """Says what is to run there; an earlier question may be unanswered."""

    def answer(self) -> tuple[Sequence[StreamSettings], Beat] | None:
        """Returns what was asked and what came since the last call; None: nothing.

        Raises:
            LostError: It is gone.
        """

    def close(self, *, in_order: bool) -> None:
        """Ends its streams, in order or at once; may wait a few seconds if in order."""


class Hosts(Protocol):
    """All places that there could be."""

    def names(self) -> Iterable[str]:
        """Returns those that can be opened now."""

    def open(self, name: str) -> Host:
        """Begins to open one."""
