"""The role of what looks at a frame's neighbours on a network's device."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from model.pictures.planes import PlaneForm, Planes, SeenPlanes

Lumas = Sequence[NDArray[Any]]
"""Brightness of a stream's last frames without their rain, 0 to 255, as far as flow
looks at it: uint8 [height, width] of the host's neighbours, float32 of a device's."""


@runtime_checkable
class PlaneNeighbours(Protocol):
    """The temporal step of one stream on a network's device; one thread calls it.

    Frames are pushed, and taken when they are due: at once, or frames later.
    """

    @property
    def due(self) -> bool:
        """Whether a frame can be taken."""

    def push(self, planes: Planes, form: PlaneForm) -> None:
        """Adds the next frame; planes of the device must stay until it was derained."""

    def end(self) -> None:
        """Says that no frame follows: those that wait for one become due."""

    def take(self) -> SeenPlanes:
        """Returns the next frame that is due, as its neighbours have it."""

    @property
    def lumas(self) -> Lumas:
        """What the next frames depend on, beside the frames; waits for the device.

        As `model.temporal.neighbours.Neighbours.lumas`.
        """
