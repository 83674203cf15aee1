"""What is compared on a set: networks, and the rainy input as it is."""

from typing import Protocol

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import Picture


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


class Network:
    """A variant by name, or a `.safetensors` file, on one device."""

    def __init__(
        self,
        name: str,
        *,
        device: str = "auto",
        backend: str = "auto",
        precision: str = "auto",
    ) -> None:
        # PyTorch takes seconds to import: not before a network is asked for.
        from model import Derainer, ModelError

        try:
            self._derainer = Derainer(
                name, device=device, backend=backend, precision=precision
            )
        except ModelError as error:
            raise EvaluationError(str(error)) from error
        self.name = name

    @property
    def key(self) -> str:
        """Weights and everything else that changes the pixels."""
        return "/".join(self.facts.values())

    @property
    def facts(self) -> dict[str, str]:
        """Says which weights ran where and how."""
        derainer = self._derainer
        return {
            "model": str(derainer.model),
            "weights_sha256": derainer.weights_sha256,
            "device": str(derainer.device),
            "backend": str(derainer.backend),
            "precision": str(derainer.precision),
        }

    def __call__(self, picture: Picture) -> Picture:
        """Returns the derained picture.

        Raises:
            EvaluationError: The network could not take it.
        """
        from model import ModelError

        try:
            output = self._derainer(picture)
        except (ModelError, ValueError) as error:
            raise EvaluationError(f"{self.name}: {error}") from error
        return np.asarray(output, dtype=np.uint8)
