"""One row of the table, and the row that every other has to beat."""

from typing import Protocol

from evaluation.methods.streams import FrameByFrame, Stream
from evaluation.metrics.luma import RgbArray


class Method(Protocol):
    """One row of the table: takes a rainy picture, gives back its own."""

    @property
    def name(self) -> str:
        """What the row is called."""

    @property
    def key(self) -> str:
        """The same for methods that give the same pictures; kept results obey it."""

    @property
    def facts(self) -> dict[str, str]:
        """What a report says of it: weights, device, backend, precision."""

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns the derained picture, uint8 RGB of the same size.

        `name` is the sample's in its set.
        """

    def stream(self, name: str = "") -> Stream:
        """Returns a new stream, for the frames of the clip of that name."""

    def release(self) -> None:
        """Gives back the memory that pictures took; asked again, it starts anew."""


class InputBaseline:
    """The rainy input itself: the row that every network has to beat."""

    name = "input"
    key = "input"

    @property
    def facts(self) -> dict[str, str]:
        """Nothing: it has no weights."""
        return {}

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns the picture as it came."""
        return picture

    def stream(self, name: str = "") -> Stream:
        """Returns the frames as they come."""
        return FrameByFrame(self)

    def release(self) -> None:
        """Has nothing to give back."""
