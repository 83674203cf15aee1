"""Runs an ONNX file: OpenVINO, or onnxruntime where it is asked for and installed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    """One input as a network declares it."""

    name: str
    kind: np.dtype[Any]
    shape: tuple[int | None, ...]
    """None where any length is taken."""

    @property
    def is_picture(self) -> bool:
        """Whether it is of a picture's dimensions, in a batch or by itself."""
        return len(self.shape) in (3, 4)

    def taken(self, values: Array) -> Array:
        """Returns [1, 3, height, width] in the order and type of this input."""
        if self.shape[-1] == 3 and self.shape[-3] != 3:
            values = values.transpose(0, 2, 3, 1)  # as TensorFlow's networks take it
        if len(self.shape) == 3:
            values = values[0]
        return np.ascontiguousarray(values, dtype=self.kind)


# What detectors ask for beside the picture, from its width and height as they see it.
_SIZES: Mapping[str, Callable[[int, int], tuple[int, int]]] = {
    "orig_target_sizes": lambda width, height: (width, height),  # RT-DETR and its kin
    "im_shape": lambda width, height: (height, width),  # PaddleDetection's
    "scale_factor": lambda width, height: (1, 1),
}


def _fed(inputs: Sequence[_Input], values: Array) -> dict[str, Array]:
    """Returns what each input is given for one picture, [1, 3, height, width]."""
    height, width = values.shape[2:]
    fed: dict[str, Array] = {}
    for own in inputs:
        if own.is_picture:
            fed[own.name] = own.taken(values)
        else:
            fed[own.name] = np.array([_SIZES[own.name](width, height)], own.kind)
    return fed


def _checked(path: Path, inputs: Sequence[_Input]) -> Sequence[_Input]:
    pictures = [own for own in inputs if own.is_picture]
    strange = [i for i in inputs if not i.is_picture and i.name not in _SIZES]
    if len(pictures) == 1 and not strange:
        return inputs
    told = ", ".join(f"{i.name} {[n or '?' for n in i.shape]}" for i in inputs)
    raise EvaluationError(
        f"{path} takes {told}; a judge takes one picture [1, 3, h, w], [1, h, w, 3] or "
        f"[3, h, w], and may ask for {', '.join(_SIZES)}"
    )


class _OpenVino:
    def __init__(self, path: Path) -> None:
        import openvino

        core = openvino.Core()
        # Exact arithmetic: by itself OpenVINO takes bf16 where the processor has it,
        # and the figures would differ from one machine to the next.
        hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        try:
            model = core.read_model(path)
            self._inputs = _checked(path, [_openvino_input(p) for p in model.inputs])
            self._names = [_name(port, i) for i, port in enumerate(model.outputs)]
            self._network = core.compile_model(model, "CPU", hints)
        except RuntimeError as error:
            raise EvaluationError(f"{path} cannot be run: {_first(error)}") from error

    def __call__(self, values: Array) -> Mapping[str, Array]:
        try:
            found = self._network(list(_fed(self._inputs, values).values()))
        except RuntimeError as error:
            raise EvaluationError(
                f"the judge does not take {list(values.shape)}: {_first(error)}"
            ) from error
        outputs = [np.array(found[i]) for i in range(len(self._names))]
        return dict(zip(self._names, outputs, strict=True))


def _openvino_input(port: Any) -> _Input:
    lengths = [n.get_length() if n.is_static else None for n in port.partial_shape]
    return _Input(
        name=str(port.any_name) if port.names else "",
        kind=np.dtype(port.element_type.to_dtype()),
        shape=tuple(lengths),
    )


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
        inputs = [_onnxruntime_input(own) for own in self._session.get_inputs()]
        self._inputs = _checked(path, inputs)

    def __call__(self, values: Array) -> Mapping[str, Array]:
        names = [output.name for output in self._session.get_outputs()]
        try:
            found = self._session.run(None, _fed(self._inputs, values))
        except Exception as error:
            raise EvaluationError(
                f"the judge does not take {list(values.shape)}: {_first(error)}"
            ) from error
        return dict(zip(names, map(np.asarray, found), strict=True))


def _onnxruntime_input(own: Any) -> _Input:
    kind = own.type.removeprefix("tensor(").removesuffix(")")
    kinds = {"float": "float32", "double": "float64"}
    return _Input(
        name=own.name,
        kind=np.dtype(kinds.get(kind, kind)),
        shape=tuple(n if isinstance(n, int) else None for n in own.shape),
    )


def _name(port: Any, place: int) -> str:
    return str(port.any_name) if port.names else f"output{place}"


def _first(error: Exception) -> str:
    """Returns the telling line of a runtime's message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
