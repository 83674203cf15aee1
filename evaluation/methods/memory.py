"""A network with a memory: each frame of a clip is derained knowing those before it."""

from typing import TYPE_CHECKING

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.methods.streams import Stream
from evaluation.metrics.luma import RgbArray
from evaluation.provenance import code_hash

if TYPE_CHECKING:  # PyTorch takes seconds to import
    from model.mspfn.video import VideoMSPFN

_PRECISION = "fp32"


def has_memory(model: str) -> bool:
    """Says whether a network, by name or file, is one with a memory.

    What cannot be read has none: whoever opens it says why.
    """
    from model.errors import ModelError
    from model.mspfn.variants import VARIANTS
    from model.weights.header import read_header, weights_file

    if model in VARIANTS:
        return VARIANTS[model].memory
    try:
        told = read_header(weights_file(model))
    except ModelError:
        return False
    variant = VARIANTS.get(told.get("model", ""))
    return variant is not None and variant.memory


class MemoryMethod:
    """A network with a memory, in PyTorch.

    Args:
        model: Its name or `.safetensors` file.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        precision: `auto` or `fp32`.
        name: What the row is called; empty takes `model`.

    Raises:
        EvaluationError: It cannot be had, or not in that precision.
    """

    def __init__(
        self,
        model: str,
        *,
        device: str = "auto",
        precision: str = "auto",
        name: str = "",
    ) -> None:
        if precision not in {"auto", _PRECISION}:
            raise EvaluationError(
                f"{name or model} has a memory, and computes in {_PRECISION}; "
                f"got {precision}."
            )
        self.name = name or model
        self._network, self.facts = _opened(model, device)
        """Says which weights ran where and how."""

    @property
    def key(self) -> str:
        """Weights, code, and everything else that changes the pixels."""
        return "/".join((*self.facts.values(), code_hash("model")))

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns what it makes of a picture that no other comes before."""
        return MemoryClip(self._network, self.name).push(picture)[0]

    def stream(self, name: str = "") -> Stream:
        """Returns a stream with a memory of its own."""
        return MemoryClip(self._network, self.name)

    def release(self) -> None:
        """Has nothing to give back but the weights, which are small."""


class MemoryClip:
    """The frames of one clip, each derained at once.

    Args:
        network: May serve several clips.
        name: For errors.
    """

    def __init__(self, network: "VideoMSPFN", name: str) -> None:
        from model.temporal.memory_stream import MemoryStream

        self._stream = MemoryStream(network)
        self._name = name

    def push(self, frame: RgbArray) -> list[RgbArray]:
        """Returns the frame's output.

        Raises:
            EvaluationError: The network could not take it.
        """
        try:
            return [self._stream.derain(np.ascontiguousarray(frame))]
        except ValueError as error:
            raise EvaluationError(f"{self._name}: {error}") from error

    def flush(self) -> list[RgbArray]:
        """Returns nothing: nothing waits."""
        return []


def _opened(model: str, device: str) -> tuple["VideoMSPFN", dict[str, str]]:
    from model import ModelError, load_network
    from model.backends.devices import device_named
    from model.mspfn.video import VideoMSPFN

    try:
        network, weights = load_network(model)
        place = device_named(device)
    except ModelError as error:
        raise EvaluationError(f"{model}: {error}") from error
    if not isinstance(network, VideoMSPFN):
        raise EvaluationError(f"{model} has no memory.")
    facts = {
        "model": weights.variant.name,
        "weights_sha256": weights.sha256,
        "device": place,
        "backend": "torch",
        "precision": _PRECISION,
        "memory": "carried over each clip",
    }
    return network.to(place), facts
