"""The network as the rest of the program sees it: a picture in, a clean picture out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.backends.base import Backend, Pending, Pixels
from model.backends.planes_backend import BatchBackend, PlanesBackend
from model.backends.select import BackendRequest, device_named, open_backend
from model.backends.tiling import TiledBackend, checked_tile
from model.backends.tiling_fallback import TilingFallback
from model.errors import ModelError
from model.mspfn.variants import DEFAULT_MODEL
from model.planes import PlaneForm, Planes
from model.quantisation import load_quantisation
from model.weights import Weights, load_network, weights_file

SMALLEST = 16
"""Pixels a picture must at least be high and wide."""


class Derainer:
    """A network with its weights on a device, ready for pictures of any size.

    One thread starts and waits; several pictures may be under way at once.

        derainer = Derainer()
        clean = derainer(rainy)  # uint8 RGB [height, width, 3], or uint16

    Args:
        model: A name of `derain models`, or a .safetensors file.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        backend: `auto`, the fastest here by measurement; on the CPU `openvino`,
            `torch` or `compile`; on CUDA `cuda`, `compile`, `tensorrt` or `torch`.
        precision: `auto`, `fp32`, `fp16`, `bf16`, or `int8` for weights that have
            been calibrated; `auto` takes that where the processor is made for it.
        tile: Height and width of tiles in pixels; None works on the whole picture, and
            in tiles only where the memory is too small for it.
        low_latency: One picture as soon as possible, rather than as many as possible.

    Raises:
        ModelError: Weights, device, backend or precision cannot be had.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        device: str = "auto",
        backend: str = "auto",
        precision: str = "auto",
        tile: int | None = None,
        low_latency: bool = False,
    ) -> None:
        network, weights = load_network(model)
        if tile is not None:  # before the seconds that a backend takes
            checked_tile(tile, weights.variant.multiple)
        where = device_named(device)
        counted = load_quantisation(weights_file(model), weights.sha256)
        asked = BackendRequest(
            device=where,
            backend=backend,
            precision=precision,
            low_latency=low_latency,
        )
        inner = open_backend(network, weights, counted, asked)
        self._weights: Weights = weights
        self._backend: Backend = inner
        if tile is not None:
            self._backend = TiledBackend(inner, tile, weights.variant.multiple)
        else:
            self._backend = TilingFallback(inner, weights.variant.multiple)

    @property
    def model(self) -> str:
        """The variant's name."""
        return self._weights.variant.name

    @property
    def weights_sha256(self) -> str:
        """The hash of the weights file."""
        return self._weights.sha256

    @property
    def device(self) -> str:
        """Where it runs: `cpu`, `cuda:0`, ..."""
        return self._backend.device

    @property
    def backend(self) -> str:
        """What runs it: `openvino`, `cuda`, ..., as it is asked for."""
        return self._backend.name

    @property
    def precision(self) -> str:
        """What it computes in: `fp32`, `fp16`, `bf16` or, most of it, `int8`."""
        return self._backend.precision

    @property
    def slots(self) -> int:
        """How many pictures may be under way at once."""
        return self._backend.slots

    def start(self, picture: Pixels, out: Pixels) -> Pending:
        """Begins to derain `picture` into `out`.

        Both are C-contiguous RGB [height, width, 3] of uint8, or of uint16 at full
        scale, at least 16 pixels high and wide. They belong to the derainer until
        `wait` of the result returns.

        Raises:
            ValueError: The pictures are not of that form.
        """
        _check(picture, "picture")
        _check(out, "out")
        if picture.shape != out.shape or picture.dtype != out.dtype:
            raise ValueError(
                f"`out` must be {picture.dtype} {list(picture.shape)} as `picture` is, "
                f"got {out.dtype} {list(out.shape)}."
            )
        return self._backend.start(picture, out)

    @property
    def takes_planes(self) -> bool:
        """Whether `start_planes` is worth a try: the device converts colours."""
        backend = self._backend
        return isinstance(backend, PlanesBackend) and backend.takes_planes

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to derain luma and chroma planes into `out`, as `PlanesBackend` does.

        None says that the picture must be given to `start`, as pixels.
        """
        backend = self._backend
        if not isinstance(backend, PlanesBackend):
            return None
        return backend.start_planes(planes, form, out, out_form, watch=watch)

    @property
    def batch(self) -> int:
        """How many pictures gain from going together, at most; 1 where none do."""
        return self._backend.batch if isinstance(self._backend, BatchBackend) else 1

    def start_many(self, pictures: Sequence[Pixels], outs: Sequence[Pixels]) -> Pending:
        """Begins to derain pictures of one shape and type, at most `batch`."""
        if not isinstance(self._backend, BatchBackend):
            raise ModelError(f"{self.backend} takes one picture at a time.")
        return self._backend.start_many(pictures, outs)

    @property
    def notes(self) -> list[str]:
        """What a user should know of how it ran, a line each."""
        return self._backend.notes if isinstance(self._backend, TilingFallback) else []

    def __call__(self, picture: Pixels) -> Pixels:
        """Returns the picture without its rain, as a new array of the same form."""
        picture = np.ascontiguousarray(picture)
        out = np.empty_like(picture)
        self.start(picture, out).wait()
        return out

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._backend.close()


def _check(picture: Pixels, name: str) -> None:
    shape = picture.shape
    if (
        picture.dtype not in (np.uint8, np.uint16)
        or picture.ndim != 3
        or shape[2] != 3
        or min(shape[:2]) < SMALLEST
        or not picture.flags.c_contiguous
    ):
        raise ValueError(
            f"`{name}` must be C-contiguous uint8 or uint16 [height, width, 3], at "
            f"least {SMALLEST} pixels high and wide; got {picture.dtype} {list(shape)}."
        )
