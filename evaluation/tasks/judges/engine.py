"""Runs an ONNX file: OpenVINO, or onnxruntime where it is asked for and installed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError

Array = NDArray[Any]


class Engine(Protocol):
    """A network: an array in, its outputs by name, in its own order."""

    def __call__(self, values: Array) -> Mapping[str, Array]:
        """Returns the outputs for [1, 3, height, width], float32."""


def open_engine(path: Path, runtime: str) -> Engine:
    """Opens an ONNX file.

    Raises:
        EvaluationError: The runtime cannot read it, or is not there.
    """
    return _OnnxRuntime(path) if runtime == "onnxruntime" else _OpenVino(path)


class _OpenVino:
    def __init__(self, path: Path) -> None:
        import openvino

        core = openvino.Core()
        # Exact arithmetic: by itself OpenVINO takes bf16 where the processor has it,
        # and the figures would differ from one machine to the next.
        hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        try:
            model = core.read_model(path)
            self._names = [_name(port, i) for i, port in enumerate(model.outputs)]
            self._network = core.compile_model(model, "CPU", hints)
        except RuntimeError as error:
            raise EvaluationError(f"{path} cannot be run: {_first(error)}") from error
        self._integer = str(model.inputs[0].element_type) in ("<Type: 'uint8_t'>",)

    def __call__(self, values: Array) -> Mapping[str, Array]:
        try:
            found = self._network(
                [values.astype(np.uint8) if self._integer else values]
            )
        except RuntimeError as error:
            raise EvaluationError(
                f"the judge does not take {list(values.shape)}: {_first(error)}"
            ) from error
        outputs = [np.array(found[i]) for i in range(len(self._names))]
        return dict(zip(self._names, outputs, strict=True))


class _OnnxRuntime:
    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise EvaluationError(
                "runtime = \"onnxruntime\" needs pip install 'derain[tasks]'; "
                'runtime = "openvino" is there always.'
            ) from error
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise EvaluationError(f"{path} cannot be run: {_first(error)}") from error

    def __call__(self, values: Array) -> Mapping[str, Array]:
        name = self._session.get_inputs()[0].name
        names = [output.name for output in self._session.get_outputs()]
        try:
            found = self._session.run(None, {name: values})
        except Exception as error:
            raise EvaluationError(
                f"the judge does not take {list(values.shape)}: {_first(error)}"
            ) from error
        return dict(zip(names, map(np.asarray, found), strict=True))


def _name(port: Any, place: int) -> str:
    return str(port.any_name) if port.names else f"output{place}"


def _first(error: Exception) -> str:
    """Returns the telling line of a runtime's message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
