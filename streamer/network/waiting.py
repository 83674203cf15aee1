"""A picture that waits for its turn in a network that several streams share."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from model.backends.base import Backend, Pending
from model.pictures.planes import PlanePicture
from sources.frame import RgbArray

Size = tuple[tuple[int, ...], str]
"""Pictures that are alike in it fit into one batch."""


class Work(Protocol):
    """A picture, and where its result goes."""

    @property
    def size(self) -> Size:
        """What those of one batch have in common."""

    def begin(
        self, network: Backend, works: Sequence["Work"]
    ) -> Sequence[Pending] | None:
        """Starts pictures of one size, of which this is the first, as one batch.

        Returns what to wait for, all of it; None where they must come as pixels.
        """


@dataclass(frozen=True, slots=True, eq=False)
class PixelWork:
    """Packed RGB."""

    picture: RgbArray
    out: RgbArray

    @property
    def size(self) -> Size:
        """Shape and type."""
        return self.picture.shape, self.picture.dtype.str

    def begin(self, network: Backend, works: Sequence[Work]) -> Sequence[Pending]:
        """Starts the pictures."""
        group = [work for work in works if isinstance(work, PixelWork)]
        if len(group) == 1:
            return [network.start(self.picture, self.out)]
        pictures = [work.picture for work in group]
        return [network.start_many(pictures, [work.out for work in group])]


@dataclass(frozen=True, slots=True, eq=False)
class PlaneWork:
    """Luma and chroma planes, of the host or the network's device."""

    picture: PlanePicture
    watch: bool
    """Its coverage is asked for."""

    @property
    def size(self) -> Size:
        """Height and width as the network sees them, and whether it counts."""
        shown = self.picture.shown_size
        return shown, "planes, watched" if self.watch else "planes"

    def begin(
        self, network: Backend, works: Sequence[Work]
    ) -> Sequence[Pending] | None:
        """Starts the pictures."""
        group = [work.picture for work in works if isinstance(work, PlaneWork)]
        if len(group) > 1:
            return network.start_many_planes(group, watch=self.watch)
        one = self.picture
        pending = network.start_planes(
            one.planes, one.form, one.out, one.out_form, watch=self.watch
        )
        return None if pending is None else [pending]


@dataclass(slots=True, eq=False)
class Waiting:
    """A picture in the waiting place of its stream, or under way."""

    work: Work
    came_ns: int
    done: "Future[float | None]" = field(default_factory=Future)
    """Has its coverage, once the result is there."""
    coverage: float | None = None
    begun: Event = field(default_factory=Event)
    """Set when it was started or refused, or failed."""
    refused: bool = False
    """After `begun`: it must come as pixels."""

    @property
    def size(self) -> Size:
        """What those of one batch have in common."""
        return self.work.size

    def succeed(self) -> None:
        """Says that the result is there, or that it was refused."""
        self.done.set_result(self.coverage)
        self.begun.set()

    def fail(self, error: Exception) -> None:
        """Hands an error to whoever waits."""
        self.done.set_exception(error)
        self.begun.set()
