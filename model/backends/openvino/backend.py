"""The CPU's fast backend: OpenVINO, several pictures under way at once.

It runs on Intel's GPUs too, by OpenVINO's plugin for them, which is untried.

The graph (`graph.py`) takes 8-bit RGB as a video has it and gives the same
back; scaling, rounding and clipping are part of it. It is converted once for each set
of weights, and compiled anew for each size of picture.
"""

import io
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

import openvino as ov

from model.backends.autotune import machine_key
from model.backends.base import BackendBase, Pending, PendingBase
from model.backends.cache import compiled_folder
from model.backends.memory import free_memory, give_back_memory
from model.backends.openvino.devices import (
    at_once,
    config_for,
    keeps_compiled,
    plugin_for,
    rest_precision,
)
from model.backends.openvino.graph import (
    converted_graph,
    graph_is_kept,
    graph_key,
)
from model.backends.openvino.processor import (
    fastest_here,
    stream_counts,
    sums_bytes_in_vectors,
)
from model.backends.openvino.requests import Requests
from model.cores import ThreadLayout, cores, threads_for
from model.errors import CancelledError, DeviceMemoryError
from model.form import NetworkForm
from model.long_calls import LongCalls
from model.mspfn.variant import Variant
from model.pictures.pixels import RgbArray
from model.quantisation import Quantisation
from model.whole_file import write_whole

_LOG = logging.getLogger("derain.cache")
_SIZES_KEPT = 3
"""Compiled graphs of the largest size held at a time, or more of smaller sizes: a
gigabyte each for 720p. A clip that changes its size seldom knows more, several cameras
may."""


class OpenVinoBackend(BackendBase):
    """Runs on the CPU or an Intel GPU, one request in each stream.

    Args:
        network: Gives a PyTorch module with its weights, in evaluation mode, or what a
            subclass makes graphs of; called only where no graph of it is kept.
        form: What it wants and holds.
        key: Changes whenever network or weights do; empty: nothing of it is kept.
        precision: `fp32`, `bf16`, `fp16` or `int8`, as the device has it.
        device: `cpu` or `intel:N`.
        low_latency: One stream, on all cores.
        streams: Groups of cores that take a picture each; 0: as many as were the
            fastest here, measured at the first start.
        threads: That compute, all streams together; 0: one on each core.
        quantisation: Of the weights, for `int8`.
        phases: Its graph in the form of `model.mspfn.phases`; None: where it is faster.

    Raises:
        ModelError: The device does not compute in that precision, or there are too
            few cores.
    """

    backend = "openvino"

    def __init__(
        self,
        network: Callable[[], Any],
        form: NetworkForm,
        key: str,
        *,
        precision: str,
        device: str = "cpu",
        low_latency: bool = False,
        streams: int = 0,
        threads: int = 0,
        quantisation: Quantisation | None = None,
        phases: bool | None = None,
    ) -> None:
        self.precision = precision
        self._quantisation = quantisation if precision == "int8" else None
        rest = rest_precision(device, precision, quantisation)
        self._network, self._form, self._key = network, form, key
        self._core = ov.Core()
        self.device, self._plugin = device, plugin_for(device)
        threads = threads_for(threads)
        self._config = config_for(
            device, rest, low_latency=low_latency, threads=threads
        )
        self._graphs: dict[int, ov.Model] = {}
        self._compiled: OrderedDict[tuple[int, int, int], Requests] = OrderedDict()
        self._sizes = threading.Lock()
        self._cancelled = False
        self._compiler = LongCalls("derain-openvino")
        self._phases = self._faster_in_phases() if phases is None else phases
        fixed = streams or at_once(device, low_latency=low_latency)
        self.slots = fixed or self._fastest_streams()
        self._config["NUM_STREAMS"] = str(self.slots)
        if device == "cpu":
            self.layout = ThreadLayout(self.slots, threads)
        if not graph_is_kept(form, key, 8, self._quantisation, phases=self._phases):
            self._graph_for(8)  # what does not fit the network is told now

    def _faster_in_phases(self) -> bool:
        """Known for int8 of one kind of processor, measured on others."""
        form = self._form
        known = isinstance(form, Variant) and form.has_phases
        if self.device != "cpu" or self._quantisation is None or not known:
            return False
        if sums_bytes_in_vectors():
            return True
        trials = {
            name: partial(self._another, streams=1, phases=name == "in phases")
            for name in ("whole", "in phases")
        }
        return fastest_here(trials, "form of", form, self.precision) == "in phases"

    def _fastest_streams(self) -> int:
        trials = {
            str(count): partial(self._another, streams=count, phases=self._phases)
            for count in stream_counts(cores())
        }
        return int(fastest_here(trials, "streams of", self._form, self.precision))

    def _another(self, *, streams: int, phases: bool) -> "OpenVinoBackend":
        return type(self)(
            self._network,
            self._form,
            self._key,
            precision=self.precision,
            streams=streams,
            quantisation=self._quantisation,
            phases=phases,
        )

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; blocks while all requests are under way.

        A new size is compiled on a thread, which takes seconds: pictures of other
        sizes, as those of other cameras, go on.
        """
        requests = self._known(_size_of(picture))
        if requests is not None:
            return requests.start(picture, out)
        return _NewSizePending(self._compiler.submit(self._start_new, picture, out))

    def _start_new(self, picture: RgbArray, out: RgbArray) -> Pending:
        requests = self._requests_for(picture)
        if self._cancelled:
            raise CancelledError("A picture was given up.")
        return requests.start(picture, out)

    def _known(self, size: tuple[int, int, int]) -> Requests | None:
        with self._sizes:
            if size in self._compiled:
                self._compiled.move_to_end(size)
            return self._compiled.get(size)

    def _requests_for(self, picture: RgbArray) -> Requests:
        size = _size_of(picture)
        known = self._known(size)
        if known is not None:
            return known
        requests = self._compile(*size)
        with self._sizes:
            self._compiled[size] = requests
            left = self._too_many()
        for old in left:
            old.finish()
        return requests

    def _too_many(self) -> list[Requests]:
        """Takes out the sizes that were not used for longest."""
        left: list[Requests] = []
        while True:
            pixels = [height * width for height, width, _ in self._compiled]
            if sum(pixels) <= _SIZES_KEPT * max(pixels):
                return left
            left.append(self._compiled.popitem(last=False)[1])

    def _graph_for(self, depth: int) -> ov.Model:
        if depth not in self._graphs:
            self._graphs[depth] = converted_graph(
                self._network,
                self._form,
                self._key,
                depth,
                self._quantisation,
                phases=self._phases,
            )
        return self._graphs[depth]

    def _compile(self, height: int, width: int, depth: int) -> Requests:
        multiple = self._form.multiple
        padded = (height + -height % multiple, width + -width % multiple)
        self._make_room(self.slots * padded[0] * padded[1] * self._bytes_a_pixel())
        kept = self._key and keeps_compiled(self._plugin)
        compiled = self._kept(padded, depth) if kept else self._new(padded, depth)
        return Requests(compiled, self.slots, (height, width), padded, depth)

    def _new(self, padded: tuple[int, int], depth: int) -> ov.CompiledModel:
        model = self._graph_for(depth).clone()
        model.reshape([1, *padded, 3])
        return self._core.compile_model(model, self._plugin, self._config)

    def _kept(self, padded: tuple[int, int], depth: int) -> ov.CompiledModel:
        """Returns what was compiled for this size before, or compiles and keeps it.

        Not by OpenVINO's own cache: to look there it reads, reshapes and hashes the
        graph, for a quarter of the time to the first picture.
        """
        graph = graph_key(self._key, depth, self._quantisation, phases=self._phases)
        where = f"{self.precision} {padded} {self._config} {machine_key(self.device)}"
        with compiled_folder(f"{graph} {where}") as folder:
            blob = folder / "graph.blob"
            if blob.is_file():
                kept = io.BytesIO(blob.read_bytes())
                try:
                    return self._core.import_model(kept, self._plugin, self._config)
                except RuntimeError as error:  # of another build of OpenVINO
                    _LOG.warning("a kept graph is compiled anew: %s", error)
            compiled = self._new(padded, depth)
            with suppress(OSError):  # a full disk: the next run compiles anew
                write_whole(blob, compiled.export_model().getvalue())
            return compiled

    def _make_room(self, needed: int) -> None:
        """Lets other sizes go until there is memory for one that needs so many bytes.

        Raises:
            DeviceMemoryError: There is too little without any of them.
        """
        while needed > (free := free_memory()):
            with self._sizes:
                if not self._compiled:
                    raise DeviceMemoryError(
                        f"{needed / 2**30:.1f} GiB are needed, {free / 2**30:.1f} free."
                    )
                _, old = self._compiled.popitem(last=False)
            old.finish()
            del old
            give_back_memory()

    def _bytes_a_pixel(self) -> int:
        held = self._form.numbers_a_pixel
        return held * (4 if self.precision == "fp32" else 2)

    def cancel(self) -> None:
        """Gives up all that is under way; what is compiled is left behind."""
        self._cancelled = True
        self._compiler.leave()
        with self._sizes:
            for requests in self._compiled.values():
                requests.cancel()

    def close(self) -> None:
        """Waits for what is under way and frees the graphs; may be called twice."""
        self._compiler.close()
        for requests in self._compiled.values():
            requests.finish()
        self._compiled.clear()
        self._graphs.clear()


def _size_of(picture: RgbArray) -> tuple[int, int, int]:
    """Returns height, width and bits of a value."""
    return picture.shape[0], picture.shape[1], 8 * picture.dtype.itemsize


class _NewSizePending(PendingBase):
    """A picture that begins when its size is compiled."""

    def __init__(self, begun: "Future[Pending]") -> None:
        self._begun = begun

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong."""
        self._begun.result().wait()
