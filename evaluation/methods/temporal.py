"""A network with the temporal step: each frame is derained with those around it."""

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.methods.network import Network
from evaluation.methods.streams import Stream
from evaluation.metrics.luma import RgbArray

if TYPE_CHECKING:  # PyTorch takes seconds to import
    from model.backends.base import Backend
    from model.temporal.stream import TemporalPending


class TemporalMethod:
    """A network with the temporal step, which looks at the frames around.

    Args:
        network: Shared with the rows of other temporal steps.
        temporal: `causal` or `centred`.

    Raises:
        EvaluationError: There is no such temporal step.
    """

    def __init__(self, network: Network, temporal: str) -> None:
        self._network = network
        self._temporal = temporal
        self.name = f"{network.name} {temporal}"
        self.stream()  # refuses what there is not, before the work

    @property
    def key(self) -> str:
        """That of the network, and the temporal step."""
        return f"{self._network.key}/{self._temporal}"

    @property
    def facts(self) -> dict[str, str]:
        """Those of the network, and the temporal step."""
        return {**self._network.facts, "temporal": self._temporal}

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns what the network alone makes of it: one picture has no neighbours."""
        return self._network(picture)

    def stream(self, name: str = "") -> Stream:
        """Returns a stream with a memory of its own."""
        return TemporalClip(self._network.derainer, self._temporal)

    def release(self) -> None:
        """As the network: it is shared."""
        self._network.release()


class TemporalClip:
    """A stream through a network with the temporal step; no gate, every frame counts.

    Args:
        network: May serve several streams, one frame of each at a time.
        temporal: As `model.temporal.stream.TemporalStream` takes it.

    Raises:
        EvaluationError: There is no such temporal step.
    """

    def __init__(self, network: "Backend", temporal: str) -> None:
        from model import ModelError
        from model.temporal.stream import TemporalStream

        try:
            self._steady = TemporalStream(network, temporal=temporal, gate="off")
        except ModelError as error:
            raise EvaluationError(str(error)) from error
        self._in_flight: deque[tuple[TemporalPending, RgbArray]] = deque()

    def push(self, frame: RgbArray) -> list[RgbArray]:
        """Takes the next frame; returns the one that waited for it, if any did.

        Raises:
            EvaluationError: The network could not take it.
        """
        from model import ModelError

        frame = np.ascontiguousarray(frame)
        out = np.empty_like(frame)
        try:
            self._in_flight.append((self._steady.start(frame, out), out))
        except (ModelError, ValueError) as error:
            raise EvaluationError(str(error)) from error
        return [self._complete()] if len(self._in_flight) > self._steady.delay else []

    def flush(self) -> list[RgbArray]:
        """Returns the frames that waited for later ones."""
        return [self._complete() for _ in range(len(self._in_flight))]

    def _complete(self) -> RgbArray:
        pending, out = self._in_flight.popleft()
        pending.wait()
        return out
