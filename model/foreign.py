"""ONNX files of a user's own, and what is asked of any foreign network."""

import hashlib
from functools import partial
from pathlib import Path

from model.backends.base import Backend
from model.backends.select import BackendRequest
from model.errors import ModelError
from model.form import GivenForm


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
    from model.backends.openvino.onnx import OnnxBackend, multiple_of, read_onnx
    from model.backends.openvino.processor import cpu_precisions

    form = GivenForm(
        name=path.stem,
        multiple=multiple_of(path) if multiple is None else checked_multiple(multiple),
    )
    precision = cpu_precisions()[0] if asked.precision == "auto" else asked.precision
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    backend = OnnxBackend(
        partial(read_onnx, path),
        form,
        digest,
        precision=precision,
        low_latency=asked.low_latency,
        streams=asked.layout.streams if asked.layout else 0,
        threads=asked.layout.threads if asked.layout else 0,
    )
    return backend, form, digest
