"""Which backend runs a network, where and in what numbers: opens what is asked for.

OpenVINO and PyTorch are imported only where they run: a GPU does without the one, a
CPU whose graphs are kept without the other.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from model.backends.autotune import clock_for, fastest, is_busy, machine_key
from model.backends.base import Backend
from model.backends.cache import cache_folder
from model.cores import ThreadLayout
from model.errors import ModelError
from model.form import NetworkForm
from model.quantisation import Quantisation

if TYPE_CHECKING:
    from torch import nn

    from model.backends.triton.backend import TritonBackend

Load = Callable[[], "nn.Module"]
"""Gives the network with its weights, in evaluation mode; the same one each time."""

_ON_CPU = ("openvino", "torch", "compile")
_ON_CUDA = (
    "cuda",
    *("triton", "triton-scales", "triton-lanes", "triton-boxed", "triton-boxed-lanes"),
    *("triton-persistent", "triton-persistent-half"),
    "compile",
    "torch",
)
_ON_INTEL = ("openvino",)
_CHECKED_AT = (360, 640)
"""Height and width at which forms of the kernels are held to the default one."""
_TRIED_AT = {"cpu": (96, 160), "cuda": (720, 1280)}
"""Height and width: the smaller a picture, the more a GPU only waits for launches."""
_PRECISIONS = ("fp32", "fp16", "bf16", "int8")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendRequest:
    """What a user wants of a backend; `auto` leaves it to the program."""

    device: str
    """Where: `cpu`, `cuda:0`, `intel:0`, ..., as `device_named` returns it."""
    backend: str
    precision: str
    low_latency: bool
    """One picture as soon as possible, rather than as many as possible."""
    layout: ThreadLayout | None = None
    """On the CPU: of threads and pictures; None: the fastest, measured."""


def open_backend(
    network: Load,
    form: NetworkForm,
    key: str,
    quantisation: Quantisation | None,
    asked: BackendRequest,
) -> Backend:
    """Opens a backend for a network, which is its own from then on.

    `network` is called only where it must be: not for a graph that was kept.
    `key` changes whenever network or weights do; empty: nothing of it is kept.

    Where `auto` leaves several, the fastest by measurement, remembered for the next
    time. `torch.compile` is none of them: what it makes in minutes dies with the
    process, so a run would pay for it each time.

    Raises:
        ModelError: What is asked for does not go together, or is not here.
    """
    opener = partial(_opened, network, form, key, quantisation, asked)
    return opener(_backend(network, asked, form, opener))


def _backend(
    load: Load,
    asked: BackendRequest,
    form: NetworkForm,
    opener: Callable[..., Backend],
) -> str:
    known = _backends_on(asked.device)
    if known == _ON_INTEL and asked.backend == "auto":
        return "openvino"
    if asked.backend == "auto":
        names = _names_of_candidates(load, asked)
        trials = {name: partial(opener, name, trial=True) for name in names}
        parts = (form.name, asked.precision, machine_key(asked.device))
        key = f"{', '.join(parts)}, {asked.low_latency}"
        size = _TRIED_AT[asked.device.partition(":")[0]]
        if asked.device != "cpu":
            key += f", {size[1]}x{size[0]}"
        return fastest(
            trials,
            key,
            size=size,
            now_s=clock_for(asked.device),
            busy=partial(is_busy, asked.device),
        )
    if asked.backend in known:
        return asked.backend
    if asked.backend in {*_ON_CPU, *_ON_CUDA}:
        raise ModelError(
            f"Backend {asked.backend!r} was asked for; the device is {asked.device}, "
            f"for which there are {', '.join(known)}."
        )
    raise ModelError(
        f"Expected backend auto, {', '.join(known)}; got {asked.backend!r}."
    )


def _backends_on(device: str) -> tuple[str, ...]:
    if device == "cpu":
        return _ON_CPU
    return _ON_INTEL if device.startswith("intel") else _ON_CUDA


def _names_of_candidates(load: Load, asked: BackendRequest) -> tuple[str, ...]:
    if asked.device == "cpu":
        both = asked.precision in {"auto", "fp32", "bf16"}  # fp16 crawls in PyTorch
        return ("openvino", "torch") if both else ("openvino",)
    number = _precision(asked, "cuda", None)
    from model.backends.triton.available import why_not

    if why_not(load(), asked.device, number):
        return ("cuda",)
    from model.backends.triton.forms import forms_for

    return ("cuda", *forms_for(_capability(asked.device)))


def _opened(
    load: Load,
    form: NetworkForm,
    key: str,
    quantisation: Quantisation | None,
    asked: BackendRequest,
    engine: str,
    *,
    trial: bool = False,
) -> Backend:
    number = _precision(asked, engine, quantisation)
    layout = asked.layout or ThreadLayout(0, 0)
    if engine == "openvino":
        return _in_openvino(load, form, key, quantisation, asked, number)
    # These move and convert what they are given.
    network = copy.deepcopy(load()) if trial else load()
    if engine == "torch":
        from model.backends.torch_backend import TorchBackend

        return TorchBackend(
            network, device=asked.device, precision=number, threads=layout.threads
        )
    if asked.device == "cpu":
        from model.backends.compile.backend import CompiledBackend

        return CompiledBackend(
            network, device=asked.device, precision=number, threads=layout.threads
        )
    if engine.startswith("triton"):
        backend = _triton(network, form, asked.device, number, engine)
        if trial and engine != "triton":
            _check(backend)
        return backend
    return _captured(network, form, key, asked.device, number, engine)


def _in_openvino(
    load: Load,
    form: NetworkForm,
    key: str,
    quantisation: Quantisation | None,
    asked: BackendRequest,
    number: str,
) -> Backend:
    from model.backends.openvino.backend import OpenVinoBackend

    layout = asked.layout or ThreadLayout(0, 0)
    return OpenVinoBackend(
        load,
        form,
        key,
        precision=number,
        device=asked.device,
        low_latency=asked.low_latency,
        streams=layout.streams,
        threads=layout.threads,
        quantisation=quantisation,
    )


def _captured(
    network: "nn.Module",
    form: NetworkForm,
    key: str,
    device: str,
    number: str,
    engine: str,
) -> Backend:
    """Returns the network as one graph for each size, on a CUDA device."""
    from model.backends.cuda.backend import CudaBackend
    from model.backends.cuda.trials import ConvolutionTrials

    parts = (form.name, key, engine, number, machine_key(device))
    path = cache_folder() / "cudnn_trials.json"
    return CudaBackend(
        network,
        form.multiple,
        device=device,
        precision=number,
        compiled=engine == "compile",
        name=engine,
        trials=ConvolutionTrials(path, ", ".join(parts)) if key else None,
    )


def _capability(device: str) -> tuple[int, int]:
    import torch

    return torch.cuda.get_device_capability(device)


def _check(backend: "TritonBackend") -> None:
    try:
        backend.check(_CHECKED_AT)
    except ModelError:
        backend.close()
        raise


def _triton(
    network: "nn.Module", form: NetworkForm, device: str, precision: str, name: str
) -> "TritonBackend":
    from model.backends.triton.available import why_not

    if reason := why_not(network, device, precision):
        raise ModelError(f"Backend triton cannot run this: {reason}.")
    from model.backends.triton.backend import TritonBackend

    return TritonBackend(
        network, form.multiple, device=device, precision=precision, name=name
    )


def _precision(
    asked: BackendRequest, engine: str, quantisation: Quantisation | None
) -> str:
    number = asked.precision
    if number == "auto":
        if asked.device != "cpu":
            return "fp16"
        if engine != "openvino":
            return "fp32"
        from model.backends.openvino.processor import cpu_precisions, has_int8_dot

        return "int8" if quantisation and has_int8_dot() else cpu_precisions()[0]
    if number == "int8" and engine != "openvino":
        raise ModelError(f"int8 runs in OpenVINO; the backend is {engine}.")
    if number not in _PRECISIONS:
        known = ", ".join(_PRECISIONS)
        raise ModelError(f"Expected precision auto, {known}; got {number!r}.")
    return number
