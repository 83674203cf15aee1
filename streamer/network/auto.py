"""`--model auto`: the best network at first, a lighter one where that is too slow.

What a camera sends and what else the machine does is only known while it runs. So a
live source begins with the network that files get, and whoever sees that it drops
pictures asks for the lighter one.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from threading import Lock, Thread
from typing import Protocol, runtime_checkable

import numpy as np

from model.backends.base import Backend, Pending, WrappedBackend
from model.errors import ModelError
from model.lighter import lighter_than
from model.pictures.pixels import RgbArray
from streamer.network.protocol import open_alone
from streamer.settings import AUTO, NetworkOptions

_LOG = logging.getLogger("derain.network")


@runtime_checkable
class Lightens(Protocol):
    """A network that can be exchanged for a lighter one while it runs."""

    @property
    def running(self) -> str:
        """Name of the network that derains now."""

    def lighten(self) -> bool:
        """Begins to open the lighter one; returns whether there is one to come."""


def open_for_live(options: NetworkOptions) -> Backend:
    """Opens the network of a live source, or of several that share it.

    On a GPU `auto` stays with the better one.

    Raises:
        ModelError: No such model, file or device.
    """
    first = open_alone(options)
    if options.model != AUTO or first.device != "cpu":
        return first

    def open_named(name: str) -> Backend:
        # As many pictures at once as before: what stands before it counts on that.
        named = replace(options, model=name)
        return open_alone(named, low_latency=first.slots == 1)

    return LighteningNetwork(first, open_named)


class LighteningNetwork(WrappedBackend):
    """Runs one network until it is asked for a lighter one, and then that."""

    def __init__(self, first: Backend, open_named: Callable[[str], Backend]) -> None:
        """`first` is closed with this, or when another has taken its place.

        Args:
            first: Runs until then.
            open_named: Opens a shipped network by its name.
        """
        super().__init__(first)
        self._open_named = open_named
        self._exchange = Lock()
        self._closed = False
        self._size: tuple[tuple[int, ...], np.dtype[np.generic]] | None = None
        self._opening: Thread | None = None
        self.notes: list[str] = []

    @property
    def running(self) -> str:
        """Name of the network that derains now."""
        return self.model

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out` by the network of this moment."""
        with self._exchange:
            self._size = (picture.shape, picture.dtype)
            return self.inner.start(picture, out)

    def lighten(self) -> bool:
        """Begins to open the lighter network; pictures go on meanwhile."""
        if self._opening is not None and self._opening.is_alive():
            return True
        lighter = lighter_than(self.model)
        if lighter is None or self._closed:
            return False
        self._opening = Thread(
            target=self._take, args=(lighter.name,), name="lighter", daemon=True
        )
        self._opening.start()
        return True

    def _take(self, name: str) -> None:
        before, said = self.inner, f"{self.model} was too slow: {name} went on"
        try:
            after = self._open_named(name)
            if self._size is not None:  # compiles it, before pictures wait for that
                picture = np.zeros(*self._size)
                after.start(picture, np.empty_like(picture)).wait()
        except ModelError as error:
            _LOG.warning("network=%s goes on: %s", self.model, error)
            return
        with self._exchange:
            if self._closed:
                before = after
            else:
                self.inner, self.model = after, after.model
                self.backend, self.precision = after.backend, after.precision
                self.notes.append(said)
        before.close()

    def close(self) -> None:
        """Closes the network of this moment; may be called twice."""
        with self._exchange:
            self._closed = True
        if self._opening is not None:
            self._opening.join()
        super().close()
