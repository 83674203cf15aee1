"""The CPU's fast backend: OpenVINO, several pictures under way at once.

The graph takes 8-bit RGB as a video has it and gives the same back; scaling, rounding
and clipping are part of it. It is converted once for each set of weights, kept in the
user's cache folder, and compiled anew for each size of picture.
"""

import hashlib
import os
import tempfile
import threading
import warnings
from collections import OrderedDict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openvino as ov
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from model.errors import ModelError
from model.pending import Pending, Pixels
from model.variants import Variant

_SIZES_KEPT = 3
"""Compiled graphs held at a time: a clip that changes its size seldom knows more."""


class _PictureGraph(nn.Module):
    """The network between whole numbers: [1, height, width, 3] in, the same out."""

    def __init__(self, network: nn.Module, peak: float) -> None:
        super().__init__()
        self.network = network
        self.peak = peak

    def forward(self, pixels: Tensor) -> Tensor:
        x: Float[Tensor, "1 3 height width"] = pixels.permute(0, 3, 1, 2).float()
        levels = (self.network(x / self.peak) * self.peak).round()
        return levels.clamp(0, self.peak).permute(0, 2, 3, 1)


def cpu_precisions() -> list[str]:
    """Returns the precisions this processor computes in, the fastest first."""
    able = ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ["bf16", "fp32"] if "BF16" in able else ["fp32"]


def cache_folder() -> Path:
    """Returns the folder that converted graphs are kept in, made if need be."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "derain"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="derain-"))
    return folder


def converted_graph(
    network: nn.Module, variant: Variant, key: str, depth: int
) -> ov.Model:
    """Returns the network as an OpenVINO model of open height and width.

    Args:
        network: With its weights, in evaluation mode.
        variant: What it is.
        key: Changes whenever the weights do.
        depth: 8 for pictures of 0 to 255, 16 for those of 0 to 65535, as float32.
    """
    made_by = f"{key}-{depth}-{version('openvino')}-{torch.__version__}-{_code_hash()}"
    name = f"{variant.name}-{hashlib.sha256(made_by.encode()).hexdigest()[:16]}.xml"
    path = cache_folder() / name
    if path.is_file() and path.with_suffix(".bin").is_file():
        return ov.Core().read_model(path)
    model = _convert(network, variant, depth)
    _keep(model, path)
    return model


def _code_hash() -> str:
    """A hash of this package's own text: another program, another graph."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _convert(network: nn.Module, variant: Variant, depth: int) -> ov.Model:
    side = 4 * variant.multiple
    dtype = torch.uint8 if depth == 8 else torch.float32
    example = torch.zeros((1, side, side, 3), dtype=dtype)
    graph = _PictureGraph(network, 2.0**depth - 1).eval()
    with torch.no_grad(), warnings.catch_warnings():
        # The converter traces, of which torch and the tracer warn at every branch.
        warnings.simplefilter("ignore")
        # Traced here: the converter's own tracing of a module takes twice as long.
        traced = torch.jit.trace(graph, example, check_trace=False)  # type: ignore[no-untyped-call]
        model = ov.convert_model(
            traced, example_input=example, input=[([1, -1, -1, 3], _OV_TYPES[depth])]
        )
    steps = ov.preprocess.PrePostProcessor(model)
    steps.output().tensor().set_element_type(_OV_TYPES[depth])
    return steps.build()


_OV_TYPES = {8: ov.Type.u8, 16: ov.Type.f32}


def _keep(model: ov.Model, path: Path) -> None:
    """Writes beside, then moves: two programs may convert at once."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        beside = Path(folder) / path.name
        ov.save_model(model, beside, compress_to_fp16=False)
        beside.with_suffix(".bin").replace(path.with_suffix(".bin"))
        beside.replace(path)


class OpenVinoBackend:
    """Runs on the CPU, in as many requests as it has streams."""

    name = "openvino"
    device = "cpu"

    def __init__(
        self,
        network: nn.Module,
        variant: Variant,
        key: str,
        *,
        precision: str,
        low_latency: bool = False,
        threads: int = 0,
    ) -> None:
        if precision == "fp16":
            raise ModelError(
                "OpenVINO on the CPU computes in fp32 or bf16, not in fp16."
            )
        if precision not in cpu_precisions():
            raise ModelError(f"This processor does not compute in {precision}.")
        self.precision = precision
        self._network, self._variant, self._key = network, variant, key
        self._core = ov.Core()
        self._config = {
            "PERFORMANCE_HINT": "LATENCY" if low_latency else "THROUGHPUT",
            "INFERENCE_PRECISION_HINT": "f32" if precision == "fp32" else "bf16",
        }
        if threads:
            self._config["INFERENCE_NUM_THREADS"] = str(threads)
        self._graphs: dict[int, ov.Model] = {}
        self._compiled: OrderedDict[tuple[int, int, int], _Requests] = OrderedDict()
        self.slots = 1 if low_latency else self._streams()

    def _streams(self) -> int:
        """How many requests keep this processor busy, asked of a small graph."""
        requests = self._requests_for(np.zeros((64, 64, 3), np.uint8))
        return requests.count

    def start(self, picture: Pixels, out: Pixels) -> Pending:
        """Begins to fill `out`; blocks while all requests are under way."""
        return self._requests_for(picture).start(picture, out)

    def _requests_for(self, picture: Pixels) -> "_Requests":
        depth = 8 * picture.dtype.itemsize
        key = (*picture.shape[:2], depth)
        if key not in self._compiled:
            self._compiled[key] = self._compile(key[0], key[1], depth)
            if len(self._compiled) > _SIZES_KEPT:
                self._compiled.popitem(last=False)[1].finish()
        self._compiled.move_to_end(key)
        return self._compiled[key]

    def _compile(self, height: int, width: int, depth: int) -> "_Requests":
        if depth not in self._graphs:
            self._graphs[depth] = converted_graph(
                self._network, self._variant, self._key, depth
            )
        multiple = self._variant.multiple
        padded = (height + -height % multiple, width + -width % multiple)
        model = self._graphs[depth].clone()
        model.reshape([1, *padded, 3])
        compiled = self._core.compile_model(model, "CPU", self._config)
        return _Requests(compiled, (height, width), padded, depth)

    def close(self) -> None:
        """Waits for what is under way and frees the graphs; may be called twice."""
        for requests in self._compiled.values():
            requests.finish()
        self._compiled.clear()
        self._graphs.clear()


class _Requests:
    """The requests for pictures of one size, and the memory they work in."""

    def __init__(
        self, compiled: Any, size: tuple[int, int], padded: tuple[int, int], depth: int
    ) -> None:
        self.count = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        slots = [_Request(compiled, size, padded, depth) for _ in range(self.count)]
        self._free = slots
        self._all = tuple(slots)
        self._change = threading.Condition()

    def start(self, picture: Pixels, out: Pixels) -> Pending:
        with self._change:
            self._change.wait_for(lambda: self._free)
            request = self._free.pop()
        request.start(picture)
        return _OpenVinoPending(request, out, self._give_back)

    def _give_back(self, request: "_Request") -> None:
        with self._change:
            self._free.append(request)
            self._change.notify()

    def finish(self) -> None:
        for request in self._all:
            request.wait()


class _Request:
    """One infer request between two padded pictures that it keeps."""

    def __init__(
        self, compiled: Any, size: tuple[int, int], padded: tuple[int, int], depth: int
    ) -> None:
        dtype = np.uint8 if depth == 8 else np.float32
        self.input: NDArray[Any] = np.zeros((1, *padded, 3), dtype)
        self.output: NDArray[Any] = np.zeros((1, *padded, 3), dtype)
        self._size = size
        self._border = (padded[0] - size[0], padded[1] - size[1])
        self._request = compiled.create_infer_request()
        self._request.set_input_tensor(ov.Tensor(self.input, shared_memory=True))
        self._request.set_output_tensor(ov.Tensor(self.output, shared_memory=True))

    def start(self, picture: Pixels) -> None:
        below, right = self._border
        height, width = self._size
        np.copyto(self.input[0, :height, :width], picture)
        if below or right:
            cv2.copyMakeBorder(
                self.input[0, :height, :width],
                0,
                below,
                0,
                right,
                cv2.BORDER_REFLECT_101,
                dst=self.input[0],
            )
        self._request.start_async()

    def wait(self) -> None:
        self._request.wait()

    def read(self, out: Pixels) -> None:
        height, width = self._size
        np.copyto(out, self.output[0, :height, :width], casting="unsafe")


class _OpenVinoPending:
    """A request under way; `wait` copies its result out and gives it back."""

    def __init__(self, request: _Request, out: Pixels, give_back: Any) -> None:
        self._request = request
        self._out = out
        self._give_back = give_back

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong."""
        try:
            self._request.wait()
            self._request.read(self._out)
        except RuntimeError as fault:
            raise ModelError(f"OpenVINO failed: {fault}") from fault
        finally:
            self._give_back(self._request)
