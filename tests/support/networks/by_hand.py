"""A network that is done when a test says so."""

from concurrent.futures import Future

from model.backends.base import BackendBase, FuturePending, Pending
from model.pictures.pixels import RgbArray


class ByHand(BackendBase):
    """A network that is done when it is told so; it makes everything black."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self.under_way: list[tuple[RgbArray, Future[None]]] = []
        self.given: list[RgbArray] = []
        self.closed = False

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins, and remembers what was given."""
        self.given.append(picture.copy())
        done: Future[None] = Future()
        self.under_way.append((out, done))
        return FuturePending(done)

    def finish(self) -> None:
        """Completes the picture that has been under way for longest."""
        out, done = self.under_way.pop(0)
        out[:] = 0
        done.set_result(None)

    def fail(self) -> None:
        """Lets that picture fail."""
        self.under_way.pop(0)[1].set_exception(RuntimeError("the device is lost"))

    def close(self) -> None:
        """Remembers it."""
        self.closed = True
