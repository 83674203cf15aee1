"""OpenVINO on the CPU: the graph of a network, its 8-bit form, pictures under way.

`devices` has what differs on GPUs of Intel.

`import openvino` loads its converter too, for two thirds of the time it takes. A run
whose graph is kept converts nothing: the converter is loaded when it is asked for,
under the name that OpenVINO gives it.
"""

import sys
from typing import Any

_CONVERTER = "openvino.tools.ovc"


def _import_openvino() -> None:
    if "openvino" in sys.modules:
        return
    sys.modules[_CONVERTER] = None  # type: ignore[assignment]  # how Python bars an import
    try:
        import openvino
    finally:
        del sys.modules[_CONVERTER]
    vars(openvino).setdefault("__getattr__", _late)


def _late(name: str) -> Any:
    """What `openvino` would have had from its converter."""
    if name != "convert_model":
        raise AttributeError(f"module 'openvino' has no attribute {name!r}")
    from openvino.tools.ovc import convert_model

    return convert_model


_import_openvino()
