"""The network as the rest of the program sees it: a picture in, a clean picture out."""

import copy
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.backends.any_size import AnySize
from model.backends.base import Backend
from model.backends.devices import device_named
from model.backends.select import BackendRequest, open_backend
from model.backends.tiling import TiledBackend, checked_tile
from model.backends.tiling_fallback import TilingFallback
from model.cores import ThreadLayout
from model.errors import ModelError
from model.foreign import checked_multiple, open_onnx
from model.form import GivenForm, NetworkForm
from model.long_calls import is_interrupted
from model.mspfn.variant import check_no_memory
from model.mspfn.variants import DEFAULT_MODEL
from model.pictures.pixels import RgbArray
from model.quantisation import load_quantisation
from model.weights.header import weights_file, weights_header

if TYPE_CHECKING:
    from torch import nn


class Derainer(AnySize):
    """A network with its weights on a device, ready for pictures of any size.

    One thread starts and waits; several pictures may be under way at once.

        derainer = Derainer()
        clean = derainer(rainy)  # uint8 RGB [height, width, 3], or uint16

    Args:
        model: A name of `derain models`, a .safetensors file, or an .onnx file from
            pictures to pictures.
        network: A network of your own instead: maps RGB [batch, 3, height, width] in
            [0, 1] to the same.
        multiple: Of which your network wants height and width; None: 1, or found by
            trial for an .onnx file.
        device: `auto`, `cpu`, `cuda` or `cuda:N`; `intel` or `intel:N`, a GPU of
            Intel's by OpenVINO, untried.
        backend: `auto`, the fastest here by measurement; on the CPU `openvino`,
            `torch` or `compile`; on CUDA `cuda`, `triton`, `compile` or `torch`.
        precision: `auto`, `fp32`, `fp16`, `bf16`, or `int8` for weights that have
            been calibrated; `auto` takes that where the processor is made for it.
        tile: Height and width of tiles in pixels; None works on the whole picture, and
            in tiles only where the memory is too small for it.
        low_latency: One picture as soon as possible, rather than as many as possible.
        layout: How threads of the CPU share pictures; None: the fastest, measured.

    Attributes:
        model: The variant's name.
        weights_sha256: The hash of the weights file.
        device: Where it runs: `cpu`, `cuda:0`, ...
        backend: What runs it, as it is asked for.
        precision: What it computes in; for `int8`, most of it.
        layout: How threads of the CPU share pictures: in another layout a value may
            differ by a level. None on CUDA.
        slots: How many pictures may be under way at once.

    Raises:
        ModelError: Weights, device, backend or precision cannot be had.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        network: "nn.Module | None" = None,
        multiple: int | None = None,
        device: str = "auto",
        backend: str = "auto",
        precision: str = "auto",
        tile: int | None = None,
        low_latency: bool = False,
        layout: ThreadLayout | None = None,
    ) -> None:
        onnx = network is None and Path(model).suffix == ".onnx"
        asked = BackendRequest(
            device="cpu" if onnx and device == "auto" else device_named(device),
            backend=backend,
            precision=precision,
            low_latency=low_latency,
            layout=layout,
        )
        inner: Backend
        form: NetworkForm
        if onnx:
            inner, form, sha256 = open_onnx(Path(model), multiple, asked)
        elif network is not None:
            inner, form, sha256 = _open_module(network, multiple or 1, asked)
        else:
            inner, form, sha256 = _open_weights(model, tile, asked)
        tiling = (
            TilingFallback(inner, form.multiple)
            if tile is None
            else TiledBackend(inner, tile, form.multiple)
        )
        super().__init__(tiling, form.multiple)
        self.model, self.weights_sha256 = form.name, sha256

    def __call__(self, picture: RgbArray) -> RgbArray:
        """Returns the picture without its rain, as a new array of the same form."""
        picture = np.ascontiguousarray(picture)
        out = np.empty_like(picture)
        self.start(picture, out).wait()
        return out

    def close(self) -> None:
        """Waits for what is under way, unless Ctrl-C came; may be called twice."""
        if is_interrupted():
            self.cancel()
        super().close()


def _open_weights(
    model: str | Path, tile: int | None, asked: BackendRequest
) -> tuple[Backend, NetworkForm, str]:
    path = weights_file(model)
    try:
        told = weights_header(path, path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
    check_no_memory(told.variant)
    if tile is not None:  # before the seconds that a backend takes
        checked_tile(tile, told.variant.multiple)
    quantisation = load_quantisation(path, told.sha256)
    network = cache(partial(_network_in, path, told.sha256))
    backend = open_backend(network, told.variant, told.sha256, quantisation, asked)
    return backend, told.variant, told.sha256


def _network_in(path: Path, sha256: str) -> "nn.Module":
    """Loads the network that was announced: only where no kept graph stands for it."""
    from model.weights.tensors import load_network  # loads PyTorch

    network, weights = load_network(path)
    if weights.sha256 != sha256:
        raise ModelError(f"{path} was written anew while it was opened.")
    return network


def _open_module(
    network: "nn.Module", multiple: int, asked: BackendRequest
) -> tuple[Backend, NetworkForm, str]:
    """Opens a copy; nothing of it is kept, since code has no hash to know it by."""
    from model.given_module import Padded, hash_of  # loads PyTorch

    form = GivenForm(name=type(network).__name__, multiple=checked_multiple(multiple))
    own = copy.deepcopy(network).eval().requires_grad_(False)
    padded = Padded(own, multiple)
    backend = open_backend(lambda: padded, form, "", None, asked)
    return backend, form, hash_of(network)
