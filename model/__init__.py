"""What is done to a picture: a network, its weights, and what runs it.

    derainer        a network on a device, ready for pictures of any size
    foreign, form   networks of a user's own; what is to be known of any
    given_module    a user's PyTorch module, padded and known by a hash
    weights/        the weights that ship, and files that a user brings
    pictures/       RGB arrays, luma and chroma, how much rain was taken out
    quantisation    the scales of int8; `derain calibrate` finds them
    export, cost    a network as ONNX; what one costs
    lighter         which shipped network takes less work than another
    cores           how many of the processor's this process may keep busy
    whole_file      files that are whole or not there
    mspfn/          the network family, beside the paper
    backends/       what runs a network, and what stands before it; `base` has the role
    motion/         how a scene moves, and what a frame's neighbours say of it
    temporal/       frames beside a frame, and the rain gate
    shipped/        weights

Nothing here knows frames, files or threads of a run. Names are imported when they are
asked for, so that whoever needs a role or a form does not load PyTorch.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

# OpenVINO's converter reports its use over the network where this package is found.
# A camera's machine is no place for that: None makes the import fail, and the converter
# takes its own stub instead. It must stand before anything imports openvino.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python bars an import

if TYPE_CHECKING:
    from model.backends.base import (
        Backend,
        BackendBase,
        Pending,
        PendingBase,
        WrappedBackend,
    )
    from model.derainer import Derainer
    from model.errors import ModelError
    from model.mspfn.build import build_network, parameter_count
    from model.mspfn.size import parameters_of
    from model.mspfn.variant import Variant
    from model.mspfn.variants import DEFAULT_MODEL, VARIANTS, variant_named
    from model.pictures.pixels import RgbArray
    from model.weights.header import read_header, shipped_weights
    from model.weights.tensors import load_network, load_weights, write_weights

_HOMES = {
    "Backend": "backends.base",
    "BackendBase": "backends.base",
    "DEFAULT_MODEL": "mspfn.variants",
    "Derainer": "derainer",
    "ModelError": "errors",
    "Pending": "backends.base",
    "PendingBase": "backends.base",
    "RgbArray": "pictures.pixels",
    "VARIANTS": "mspfn.variants",
    "Variant": "mspfn.variant",
    "WrappedBackend": "backends.base",
    "build_network": "mspfn.build",
    "load_network": "weights.tensors",
    "load_weights": "weights.tensors",
    "parameter_count": "mspfn.build",
    "parameters_of": "mspfn.size",
    "read_header": "weights.header",
    "shipped_weights": "weights.header",
    "variant_named": "mspfn.variants",
    "write_weights": "weights.tensors",
}

__all__ = [
    "DEFAULT_MODEL",
    "VARIANTS",
    "Backend",
    "BackendBase",
    "Derainer",
    "ModelError",
    "Pending",
    "PendingBase",
    "RgbArray",
    "Variant",
    "WrappedBackend",
    "build_network",
    "load_network",
    "load_weights",
    "parameter_count",
    "parameters_of",
    "read_header",
    "shipped_weights",
    "variant_named",
    "write_weights",
]


def __getattr__(name: str) -> Any:
    """Imports what stands in `__all__` from its home, once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
