"""What a backend can do beside pixels: take luma and chroma planes, and batches."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from model.backends.base import Pending, Pixels
from model.planes import PlaneForm, Planes


@runtime_checkable
class PlanesBackend(Protocol):
    """A backend that converts colours itself, on its device."""

    takes_planes: bool
    """Whether it ever does, or stands before one that does not."""

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`, arrays of the host; None: give it pixels instead.

        Args:
            planes: Arrays of the host, which may change at once, or tensors of the
                device, which may not before `wait`.
            form: What their numbers mean.
            out: As large as `planes`.
            out_form: What its numbers shall mean.
            watch: What is returned is `WithCoverage`.
        """


@runtime_checkable
class WithCoverage(Protocol):
    """A pending picture that knows how much rain was taken out of it."""

    @property
    def coverage(self) -> float:
        """After `wait`: as `model.temporal.rain_gate.coverage`, in percent."""


@runtime_checkable
class BatchBackend(Protocol):
    """A backend that does several pictures of one size together."""

    batch: int
    """How many at most."""

    def start_many(self, pictures: Sequence[Pixels], outs: Sequence[Pixels]) -> Pending:
        """Begins to fill all `outs`."""
