"""The network as TensorRT engines: built from its ONNX, one for each size of pictures.

An engine fits one GPU and one TensorRT; it takes minutes to build and is kept in the
user's cache folder. It computes in the numbers that the ONNX is written in ("strongly
typed"): the one way that TensorRT 10 and 11 share.

Nothing here has been run: it was written by TensorRT's documentation, without a GPU.
"""

import copy
import hashlib
import io
import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from model.backends.cache import cache_folder
from model.errors import ModelError
from model.export import OPSET, onnx_program

_DTYPES = {"fp32": torch.float32, "fp16": torch.float16}
_WORKSPACE_BYTES = 4 << 30


class TensorRtNetwork(nn.Module):
    """Stands for the network in a backend of PyTorch: the same in, the same out.

    Args:
        network: On the host, in float32, in evaluation mode.
        multiple: Height and width that it works on are multiples of this.
        weights_sha256: Of the weights; engines are kept under it.
        device: `cuda:0`, ...
        precision: `fp32` or `fp16`.

    Raises:
        ModelError: TensorRT is not installed, or does not do this.
    """

    def __init__(
        self,
        network: nn.Module,
        multiple: int,
        weights_sha256: str,
        *,
        device: str,
        precision: str,
    ) -> None:
        super().__init__()
        check_usable(device, precision)
        self._trt = _tensorrt()
        self._log = self._trt.Logger(self._trt.Logger.ERROR)
        # A tuple, so that no `to` of this module ever moves or converts it.
        self._source = (network, multiple)
        self._key = (weights_sha256, precision, self._trt.__version__)
        self._precision = precision
        self._device = device
        self._contexts: dict[tuple[int, ...], Any] = {}

    def forward(
        self, rgb: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch 3 height width"]:
        """Returns the pictures without their rain, RGB in [0, 1], clipped."""
        shape = tuple(rgb.shape)
        if shape not in self._contexts:
            try:
                self._contexts[shape] = self._context(shape)
            except (AttributeError, TypeError, OSError) as error:
                raise ModelError(
                    f"TensorRT {self._trt.__version__} does not do what is asked: "
                    f"{error}"
                ) from error
        context = self._contexts[shape]
        given = rgb.float().contiguous()
        clean = torch.empty_like(given)
        context.set_tensor_address("rgb", given.data_ptr())
        context.set_tensor_address("clean", clean.data_ptr())
        if not context.execute_async_v3(torch.cuda.current_stream().cuda_stream):
            raise ModelError(f"TensorRT failed on pictures of {list(shape)}.")
        return clean.to(rgb.dtype)

    def _context(self, shape: tuple[int, ...]) -> Any:
        path = engine_path(
            (*self._key, torch.cuda.get_device_name(self._device)), shape
        )
        if not path.is_file():
            _write_whole(path, self._built(shape))
        runtime = self._trt.Runtime(self._log)
        engine = runtime.deserialize_cuda_engine(path.read_bytes())
        if engine is None:
            raise ModelError(f"TensorRT cannot read {path}; delete it.")
        return engine.create_execution_context()

    def _built(self, shape: tuple[int, ...]) -> bytes:
        trt = self._trt
        builder = trt.Builder(self._log)
        typed = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
        graph = builder.create_network(typed)
        parser = trt.OnnxParser(graph, self._log)
        if not parser.parse(onnx_bytes(*self._source, self._precision, shape)):
            raise ModelError(f"TensorRT cannot take the graph: {parser.get_error(0)}.")
        config = builder.create_builder_config()
        config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, _WORKSPACE_BYTES)
        plan = builder.build_serialized_network(graph, config)
        if plan is None:
            raise ModelError(f"TensorRT cannot build the network for {list(shape)}.")
        return bytes(plan)


class _InNumbersOf(nn.Module):
    """A network that computes in other numbers between float32 and float32."""

    def __init__(self, network: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.network = copy.deepcopy(network).to(dtype)
        self.dtype = dtype

    def forward(
        self, rgb: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch 3 height width"]:
        return self.network(rgb.to(self.dtype)).float()


def check_usable(device: str, precision: str) -> None:
    """Raises ModelError where TensorRT is missing or does not do what is asked."""
    if not device.startswith("cuda"):
        raise ModelError(f"TensorRT runs on CUDA; the device is {device}.")
    if precision not in _DTYPES:
        raise ModelError(
            f"TensorRT computes in {' or '.join(_DTYPES)} here, not in {precision}."
        )
    missing = [name for name in ("tensorrt", "onnxscript") if not find_spec(name)]
    if missing:
        raise ModelError(
            f"Backend 'tensorrt' needs {' and '.join(missing)}: pip install "
            "tensorrt 'derain[export]'."
        )


def _tensorrt() -> Any:
    try:
        return import_module("tensorrt")
    except ImportError as error:
        raise ModelError(f"TensorRT is installed but not whole: {error}") from error


def onnx_bytes(
    network: nn.Module, multiple: int, precision: str, shape: tuple[int, ...]
) -> bytes:
    """Returns the network for one shape as ONNX between float32, in `precision`."""
    inside = _InNumbersOf(network, _DTYPES[precision])
    buffer = io.BytesIO()
    onnx_program(inside, multiple, shape).save(buffer)
    return buffer.getvalue()


def engine_path(key: tuple[str, ...], shape: tuple[int, ...]) -> Path:
    """Returns where the engine for pictures of a shape is kept.

    Args:
        key: Weights, precision, version of TensorRT, GPU: another one, another engine.
        shape: [batch, 3, height, width].
    """
    text = "-".join((*key, *map(str, shape), str(OPSET), torch.__version__))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return cache_folder() / f"{'x'.join(map(str, shape))}-{digest}.engine"


def _write_whole(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)
