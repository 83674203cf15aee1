"""What has to be known of a network to run it, whatever it is built of."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@runtime_checkable
class NetworkForm(Protocol):
    """A network that maps RGB in [0, 1] to RGB of the same size."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    @property
    def multiple(self) -> int:
        """Height and width it works on are multiples of this, in pixels."""

    @property
    def numbers_a_pixel(self) -> int:
        """How many numbers are held at once for each pixel of a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenForm:
    """The form of a network that a user brings."""

    name: str
    multiple: int
    numbers_a_pixel: int = 640
    """As of a network of 64 channels; more keeps a small machine from swapping."""
