"""What is compared on a set: networks, and the rainy input as it is."""

from typing import Protocol

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import Picture
from evaluation.origin import made_by
from evaluation.pictures import sha256_of
from evaluation.streams import FrameByFrame, SteadyStream, Stream


class Entrant(Protocol):
    """One row of the table: takes a rainy picture, gives back its own."""

    @property
    def name(self) -> str:
        """What the row is called."""

    @property
    def key(self) -> str:
        """The same for entrants that give the same pictures; kept results obey it."""

    @property
    def facts(self) -> dict[str, str]:
        """What a report says of it: weights, device, backend, precision."""

    def __call__(self, picture: Picture) -> Picture:
        """Returns the derained picture, uint8 RGB of the same size."""

    def stream(self) -> Stream:
        """Returns a new stream, for the frames of one clip."""


class Untouched:
    """The rainy input itself: the row that every network has to beat."""

    name = "input"
    key = "input"

    @property
    def facts(self) -> dict[str, str]:
        """Nothing: it has no weights."""
        return {}

    def __call__(self, picture: Picture) -> Picture:
        """Returns the picture as it came."""
        return picture

    def stream(self) -> Stream:
        """Returns the frames as they come."""
        return FrameByFrame(self)


class Network:
    """A variant by name, or a `.safetensors` file, on one device.

    Args:
        model: The variant's name, or the file.
        device: As `model.Derainer` takes it, as are the next two.
        backend: What runs it.
        precision: In which numbers.
        name: What the row is called; empty takes `model`.
    """

    def __init__(
        self,
        model: str,
        *,
        device: str = "auto",
        backend: str = "auto",
        precision: str = "auto",
        name: str = "",
    ) -> None:
        # PyTorch takes seconds to import: not before a network is asked for.
        from model import Derainer, ModelError
        from model.quantisation import quantisation_file
        from model.weights import weights_file

        try:
            self.derainer = Derainer(
                model, device=device, backend=backend, precision=precision
            )
        except ModelError as error:
            raise EvaluationError(str(error)) from error
        self.name = name or model
        self._steps: dict[str, str] = {}
        if self.derainer.precision == "int8":
            steps = quantisation_file(weights_file(model))
            self._steps = {"int8_steps_sha256": sha256_of(steps)}

    @property
    def key(self) -> str:
        """Weights, code, packages and everything else that changes the pixels."""
        return "/".join((*self.facts.values(), made_by("model", "model.shipped")))

    @property
    def facts(self) -> dict[str, str]:
        """Says which weights ran where and how."""
        derainer = self.derainer
        return {
            "model": str(derainer.model),
            "weights_sha256": derainer.weights_sha256,
            "device": str(derainer.device),
            "backend": str(derainer.backend),
            "precision": str(derainer.precision),
            **self._steps,
        }

    def __call__(self, picture: Picture) -> Picture:
        """Returns the derained picture.

        Raises:
            EvaluationError: The network could not take it.
        """
        from model import ModelError

        try:
            output = self.derainer(picture)
        except (ModelError, ValueError) as error:
            raise EvaluationError(f"{self.name}: {error}") from error
        return np.asarray(output, dtype=np.uint8)

    def stream(self) -> Stream:
        """Returns a stream that derains each frame by itself."""
        return FrameByFrame(self)


class OverTime:
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

    def __call__(self, picture: Picture) -> Picture:
        """Returns what the network alone makes of it: one picture has no neighbours."""
        return self._network(picture)

    def stream(self) -> Stream:
        """Returns a stream with a memory of its own."""
        return SteadyStream(self._network.derainer, self._temporal)
