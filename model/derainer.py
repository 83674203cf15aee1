"""The network as the rest of the program sees it: a picture in, a clean picture out."""

from pathlib import Path

import numpy as np

from model.backends.base import Pending, WrappedBackend
from model.backends.select import BackendRequest, device_named, open_backend
from model.backends.tiling import TiledBackend, checked_tile
from model.backends.tiling_fallback import TilingFallback
from model.mspfn.variants import DEFAULT_MODEL
from model.pixels import RgbArray
from model.quantisation import load_quantisation
from model.weights import load_network, weights_file

SMALLEST = 16
"""RgbArray a picture must at least be high and wide."""


class Derainer(WrappedBackend):
    """A network with its weights on a device, ready for pictures of any size.

    One thread starts and waits; several pictures may be under way at once.

        derainer = Derainer()
        clean = derainer(rainy)  # uint8 RGB [height, width, 3], or uint16

    Args:
        model: A name of `derain models`, or a .safetensors file.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        backend: `auto`, the fastest here by measurement; on the CPU `openvino`,
            `torch` or `compile`; on CUDA `cuda`, `compile` or `torch`.
        precision: `auto`, `fp32`, `fp16`, `bf16`, or `int8` for weights that have
            been calibrated; `auto` takes that where the processor is made for it.
        tile: Height and width of tiles in pixels; None works on the whole picture, and
            in tiles only where the memory is too small for it.
        low_latency: One picture as soon as possible, rather than as many as possible.

    Attributes:
        model: The variant's name.
        weights_sha256: The hash of the weights file.
        device: Where it runs: `cpu`, `cuda:0`, ...
        backend: What runs it, as it is asked for.
        precision: What it computes in; for `int8`, most of it.
        slots: How many pictures may be under way at once.

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
        multiple = weights.variant.multiple
        if tile is not None:
            super().__init__(TiledBackend(inner, tile, multiple))
        else:
            super().__init__(TilingFallback(inner, multiple))
        self.model = weights.variant.name
        self.weights_sha256 = weights.sha256

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
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
        return self.inner.start(picture, out)

    def __call__(self, picture: RgbArray) -> RgbArray:
        """Returns the picture without its rain, as a new array of the same form."""
        picture = np.ascontiguousarray(picture)
        out = np.empty_like(picture)
        self.start(picture, out).wait()
        return out


def _check(picture: RgbArray, name: str) -> None:
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
