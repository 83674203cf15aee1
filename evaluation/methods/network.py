"""A network by name or file, run in one precision on one device."""

import math
from typing import TYPE_CHECKING

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.methods.streams import FrameByFrame, Stream
from evaluation.metrics.luma import RgbArray
from evaluation.pictures import sha256_of
from evaluation.provenance import code_hash

if TYPE_CHECKING:  # PyTorch takes seconds to import
    from model import Derainer

WHOLE = 3_000_000
"""Pixels of the largest picture that a CPU takes whole, and of all sizes that it holds
at a time: 1280 bytes for each in fp32, and in bf16 with two streams (`mspfn-lite`)."""
_TILE = 1024


class Network:
    """A variant by name, or a `.safetensors` file, on one device.

    On a CPU a picture of more than `WHOLE` pixels is done in tiles, always: its figures
    then do not depend on the memory that happens to be free.

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
        self.name = name or model
        self._model = model
        self._device, self._backend, self._precision = device, backend, precision
        self._opened: Derainer | None = None
        self._tile: int | None = None
        self._sizes: set[tuple[int, ...]] = set()
        self.facts = self._found()
        """Says which weights ran where and how."""

    @property
    def derainer(self) -> "Derainer":
        """The network itself, opened anew after `release`.

        Raises:
            EvaluationError: It cannot be had.
        """
        # PyTorch takes seconds to import: not before a network is asked for.
        from model import Derainer, ModelError

        if self._opened is None:
            try:
                self._opened = Derainer(
                    self._model,
                    device=self._device,
                    backend=self._backend,
                    precision=self._precision,
                    tile=self._tile,
                )
            except ModelError as error:
                told = str(error)
                named = told if self._model in told else f"{self.name}: {told}"
                raise EvaluationError(named) from error
        return self._opened

    @property
    def key(self) -> str:
        """Weights, code, packages and everything else that changes the pixels."""
        return "/".join((*self.facts.values(), code_hash("model")))

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns the derained picture.

        Raises:
            EvaluationError: The network could not take it.
        """
        self._make_room(picture.shape[:2])
        return self._derained(picture)

    def stream(self, name: str = "") -> Stream:
        """Returns a stream that derains each frame by itself."""
        return FrameByFrame(self._derained)

    def release(self) -> None:
        """Gives back the memory that pictures took; asked again, it starts anew."""
        from model.backends.memory import give_back_memory

        if self._opened is not None:
            self._opened.close()
            self._opened = None
        self._sizes.clear()
        give_back_memory()

    def _derained(self, picture: RgbArray) -> RgbArray:
        from model import ModelError

        try:
            output = self.derainer(picture)
        except (ModelError, ValueError) as error:
            raise EvaluationError(f"{self.name}: {error}") from error
        return np.asarray(output, dtype=np.uint8)

    def _make_room(self, size: tuple[int, ...]) -> None:
        if self.facts["device"] != "cpu":
            return
        tile = _TILE if math.prod(size) > WHOLE else None
        held = sum(map(math.prod, self._sizes | {size}))
        # Only OpenVINO holds memory for each size that it was given.
        full = self.facts["backend"] == "openvino" and held > WHOLE
        if tile != self._tile or (tile is None and full):
            self.release()
        self._tile = tile
        self._sizes.add(size)

    def _found(self) -> dict[str, str]:
        from model.quantisation import quantisation_file
        from model.weights.header import weights_file

        derainer = self.derainer
        facts = {
            "model": str(derainer.model),
            "weights_sha256": derainer.weights_sha256,
            "device": str(derainer.device),
            "backend": str(derainer.backend),
            "precision": str(derainer.precision),
        }
        if derainer.precision == "int8":
            steps = quantisation_file(weights_file(self._model))
            facts["int8_steps_sha256"] = sha256_of(steps)
        if derainer.device == "cpu":
            facts["tiles"] = f"{_TILE} where a picture has more than {WHOLE} pixels"
        return facts
