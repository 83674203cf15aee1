"""What is done to a picture: the MSPFN family, its weights and its backends."""

from model.derainer import Derainer
from model.errors import ModelError
from model.network import build_network, parameter_count
from model.pending import Pending, Pixels
from model.variants import DEFAULT_MODEL, VARIANTS, Variant, variant_named
from model.weights import (
    load_network,
    load_weights,
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
    "shipped_weights",
    "variant_named",
    "write_weights",
]
