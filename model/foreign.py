"""Networks of a user's own: a PyTorch module, or an ONNX file."""

import hashlib
from pathlib import Path

from jaxtyping import Float
from torch import Tensor, nn

from model.backends.base import Backend
from model.backends.select import BackendRequest
from model.errors import ModelError
from model.form import GivenForm
from model.mspfn.network import pad_to_multiple


class Padded(nn.Module):
    """A network that takes pictures of any size: padded by reflection, and cropped."""

    def __init__(self, network: nn.Module, multiple: int) -> None:
        super().__init__()
        self.network, self.multiple = network, multiple

    def forward(
        self, picture: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch 3 height width"]:
        """Returns what the network makes of the picture."""
        height, width = picture.shape[2:]
        made: Tensor = self.network(pad_to_multiple(picture, self.multiple))
        return made[:, :, :height, :width]


def hash_of(network: nn.Module) -> str:
    """Returns a hash of a network's form and weights, for reports."""
    digest = hashlib.sha256(repr(network).encode())
    for name, value in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().flatten().double().numpy())
    return digest.hexdigest()


def checked_multiple(multiple: int) -> int:
    """Returns the multiple.

    Raises:
        ModelError: It is no positive number.
    """
    if multiple < 1:
        raise ModelError(f"Expected a multiple of 1 or more pixels, got {multiple}.")
    return multiple


def open_onnx(
    path: Path, multiple: int | None, asked: BackendRequest
) -> tuple[Backend, GivenForm, str]:
    """Opens an ONNX file; returns the backend, its form and the file's hash.

    Raises:
        ModelError: It cannot be read or run, or something else than OpenVINO on the
            CPU is asked for.
    """
    if asked.device != "cpu" or asked.backend not in {"auto", "openvino"}:
        raise ModelError(
            f"{path} is ONNX, which runs in OpenVINO on the CPU; backend "
            f"{asked.backend} on {asked.device} was asked for."
        )
    if not path.is_file():
        raise ModelError(f"Expected a network in {path}; there is no such file.")
    from model.backends.openvino.backend import cpu_precisions
    from model.backends.openvino.onnx import OnnxBackend, multiple_of

    form = GivenForm(
        name=path.stem,
        multiple=multiple_of(path) if multiple is None else checked_multiple(multiple),
    )
    precision = cpu_precisions()[0] if asked.precision == "auto" else asked.precision
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    backend = OnnxBackend(
        path, form, digest, precision=precision, low_latency=asked.low_latency
    )
    return backend, form, digest
