"""Work handed to a backend and not yet waited for."""

from concurrent.futures import Future
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

Pixels = NDArray[Any]
"""RGB [height, width, 3], C-contiguous: uint8 of 0 to 255, or uint16 to 65535."""


@runtime_checkable
class Pending(Protocol):
    """One picture under way."""

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong. Call it once."""


@runtime_checkable
class Backend(Protocol):
    """What runs a network. One thread starts and waits."""

    slots: int
    """Pictures that may be under way at once; one more blocks."""
    name: str
    device: str
    precision: str

    def start(self, picture: Pixels, out: Pixels) -> Pending:
        """Begins to fill `out`; both stay untouched by others until `wait` returns."""

    def close(self) -> None:
        """Frees what it holds; may be called twice."""


class FuturePending:
    """A pending picture behind a future of a thread pool."""

    def __init__(self, future: "Future[Any]") -> None:
        self._future = future

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong."""
        self._future.result()
