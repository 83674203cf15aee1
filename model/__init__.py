"""What is done to a picture: the MSPFN family, its weights and its backends."""

# ruff: noqa: E402 - the bar below must stand before anything imports OpenVINO
import sys

# OpenVINO's converter reports its use over the network where this package is found.
# A camera's machine is no place for that: None makes the import fail, and the converter
# takes its own stub instead. It must stand before anything imports openvino.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None is how Python bars an import

from model.backends.base import Pending, Pixels
from model.derainer import Derainer
from model.errors import ModelError
from model.mspfn.network import build_network, parameter_count
from model.mspfn.variants import DEFAULT_MODEL, VARIANTS, Variant, variant_named
from model.weights import (
    load_network,
    load_weights,
    read_header,
    shipped_weights,
    write_weights,
)

__all__ = [
    "DEFAULT_MODEL",
    "VARIANTS",
    "Derainer",
    "ModelError",
    "Pending",
    "Pixels",
    "Variant",
    "build_network",
    "load_network",
    "load_weights",
    "parameter_count",
    "read_header",
    "shipped_weights",
    "variant_named",
    "write_weights",
]
