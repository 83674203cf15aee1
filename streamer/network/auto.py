"""`--model auto`: the best network at first, a lighter one where that is too slow.

What a camera sends and what else the machine does is only known while it runs. So a
live source begins with the network that files get, and whoever sees that it drops
pictures asks for the lighter one. What was seen once is kept: the next start begins
with the lighter one where it would come to that.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock, Thread
from typing import Protocol, runtime_checkable

import numpy as np

from model.backends.base import Backend, Pending, WrappedBackend
from model.backends.cache import code_hash
from model.errors import ModelError
from model.lighter import lighter_than
from model.pictures.pixels import RgbArray
from model.weights.header import weights_file, weights_header
from streamer.network.pace_memory import Pace, PaceMemory
from streamer.network.protocol import open_alone
from streamer.settings import AUTO, NetworkOptions

_LOG = logging.getLogger("derain.network")
_Size = tuple[int, int, np.dtype[np.generic]]
"""Height, width and form of the values."""


@runtime_checkable
class Lightens(Protocol):
    """A network that can be exchanged for a lighter one while it runs."""

    @property
    def running(self) -> str:
        """Name of the network that derains now."""

    def expect(self, rate: float) -> None:
        """Says how many pictures a second a stream will bring, before its first."""

    def lighten(self, pace: Pace) -> bool:
        """Begins to open the lighter one; returns whether there is one to come.

        Args:
            pace: Of the network that runs, which is too slow.
        """


def open_for_live(options: NetworkOptions, *, streams: int = 1) -> Backend:
    """Opens the network of a live source, or of several that share it.

    On a GPU `auto` stays with the better one.

    Args:
        options: Which one, and where it runs.
        streams: How many sources share it.

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

    memory = PaceMemory(_key_of(options))
    return LighteningNetwork(first, open_named, memory, streams=streams)


def _key_of(options: NetworkOptions) -> str:
    """What changes with all that decides how long a picture takes, machine apart."""
    path = weights_file(options.named)
    weights = weights_header(path, path.read_bytes()).sha256
    steps = f"temporal {options.temporal}, gate {options.gate}, tile {options.tile}"
    return f"{steps}, {weights[:16]}, {code_hash()[:16]}"


class LighteningNetwork(WrappedBackend):
    """Runs one network until it is asked for a lighter one, and then that."""

    def __init__(
        self,
        first: Backend,
        open_named: Callable[[str], Backend],
        memory: PaceMemory,
        *,
        streams: int = 1,
    ) -> None:
        """`first` is closed with this, or when another has taken its place.

        Args:
            first: Runs until then.
            open_named: Opens a shipped network by its name.
            memory: What earlier runs found too slow.
            streams: How many sources share the network.
        """
        super().__init__(first)
        self._open_named, self._memory, self._streams = open_named, memory, streams
        self._exchange = Lock()
        self._closed = self._left = False
        self._sizes: dict[_Size, None] = {}
        """In the order in which they came last."""
        self._rate: float | None = None
        self._opening: Thread | None = None
        self.notes: list[str] = []

    @property
    def running(self) -> str:
        """Name of the network that derains now."""
        return self.model

    def expect(self, rate: float) -> None:
        """Says how many pictures a second a stream will bring, before its first."""
        self._rate = max(rate, self._rate or 0.0)

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out` by the network of this moment."""
        with self._exchange:
            size = picture.shape[0], picture.shape[1], picture.dtype
            if size not in self._sizes and self._opening is None:
                self._recall(size)
            self._sizes.pop(size, None)
            self._sizes[size] = None
            return self.inner.start(picture, out)

    def _recall(self, size: _Size) -> None:
        """Goes on with the lighter one at once where this one was too slow before."""
        lighter = lighter_than(self.model)
        pace = self._memory.known(self._named(size)) if lighter else None
        if lighter is None or pace is None or not pace.is_too_slow(self._rate):
            return
        try:
            after = self._open_named(lighter.name)
        except ModelError as error:
            _LOG.warning("network=%s goes on: %s", self.model, error)
            return
        said = f"{self.model} took {pace} in an earlier run: {lighter.name} runs"
        _LOG.info("network=%s %s", lighter.name, said)
        before = self.inner
        self._put(after, said)
        before.close()

    def _named(self, size: _Size) -> str:
        height, width, dtype = size
        each = f"{self._streams} of {width}x{height}, {8 * dtype.itemsize} bit"
        how = f"{self.backend} in {self.precision}, {self.slots} at once"
        return f"{self.model} for {each}, {how}"

    def lighten(self, pace: Pace) -> bool:
        """Begins to open the lighter network; pictures go on meanwhile."""
        with self._exchange:
            if self._opening is not None and self._opening.is_alive():
                return True
            lighter = lighter_than(self.model)
            if lighter is None or self._closed:
                return False
            asked = lighter.name, pace, tuple(self._sizes)
            self._opening = Thread(
                target=self._take, args=asked, name="lighter", daemon=True
            )
            self._opening.start()
            return True

    def _take(self, name: str, pace: Pace, sizes: Sequence[_Size]) -> None:
        before, said = self.inner, f"{self.model} was too slow: {name} went on"
        for size in sizes:
            self._memory.keep(self._named(size), pace)
        try:
            after = self._open_named(name)
            for height, width, dtype in sizes[-1:]:
                picture = np.zeros((height, width, 3), dtype)
                # Compiles it, before pictures wait for that.
                after.start(picture, np.empty_like(picture)).wait()
        except ModelError as error:
            _LOG.warning("network=%s goes on: %s", self.model, error)
            return
        with self._exchange:
            if self._closed:
                before = after
            else:
                self._put(after, said)
        before.close()

    def _put(self, after: Backend, said: str) -> None:
        """Lets another network run from now on; with the exchange held."""
        self.inner, self.model = after, after.model
        self.backend, self.precision = after.backend, after.precision
        self.notes.append(said)

    def cancel(self) -> None:
        """Gives up what is under way; a network that is being opened is left behind."""
        self._left = True
        super().cancel()

    def close(self) -> None:
        """Closes the network of this moment; may be called twice."""
        with self._exchange:
            self._closed = True
        if self._opening is not None and not self._left:
            self._opening.join()
        super().close()
