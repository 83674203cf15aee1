"""What is done to a picture: the MSPFN family, its weights and its backends."""

from model.errors import ModelError
from model.network import build_network, parameter_count
from model.variants import DEFAULT_MODEL, VARIANTS, Variant, variant_named

__all__ = [
    "DEFAULT_MODEL",
    "VARIANTS",
    "ModelError",
    "Variant",
    "build_network",
    "parameter_count",
    "variant_named",
]
