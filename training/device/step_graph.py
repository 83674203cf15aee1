"""A step of training as one captured graph: the host launches it whole.

The first steps of each form of batch are taken one operation after the other, and
count: in them cuDNN chooses its kernels, and the optimiser makes its memory. Then one
is captured, and replayed with what is copied into the memory that it reads.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from jaxtyping import Float
from torch import Tensor

Pictures = Float[Tensor, "batch 3 height width"]
Learn = Callable[[Pictures, Pictures, bool], Tensor]
"""Takes rainy and clean pictures, and whether the run is closing; returns the loss."""
_ONE_BY_ONE = 3
"""Steps of each form before one is captured, as many as PyTorch's manual takes."""


class Capture(Protocol):
    """What captures on a device."""

    def run(self, work: Callable[[], Tensor]) -> Tensor:
        """Does work where captured work is done too."""

    def captured(self, work: Callable[[], Tensor]) -> tuple[Callable[[], None], Tensor]:
        """Captures work without doing it; returns what does it, and its result."""


class CudaCapture:
    """CUDA graphs of PyTorch, on a stream of their own."""

    def __init__(self, device: torch.device) -> None:
        """For one device."""
        self._stream: Any = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # no stub

    def run(self, work: Callable[[], Tensor]) -> Tensor:
        """Does work on the stream, after what was begun and before what follows."""
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            made = work()
        torch.cuda.current_stream().wait_stream(self._stream)
        return made

    def captured(self, work: Callable[[], Tensor]) -> tuple[Callable[[], None], Tensor]:
        """Captures work on the stream."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=self._stream):
            made = work()
        return graph.replay, made


@dataclass(frozen=True, slots=True, eq=False)
class _Captured:
    rainy: Tensor
    clean: Tensor
    loss: Tensor
    replay: Callable[[], None]


class StepGraph:
    """Takes steps, captured where they can be; one thread uses it."""

    def __init__(self, learn: Learn, capture: Capture) -> None:
        """`learn` reads and writes the same memory in each step of a form."""
        self._learn, self._capture = learn, capture
        self._taken: Counter[tuple[object, ...]] = Counter()
        self._kept: dict[tuple[object, ...], _Captured] = {}

    def __call__(self, rainy: Pictures, clean: Pictures, closing: bool) -> Tensor:
        """Takes a step; returns its loss, which the next one does not change."""
        form = (tuple(rainy.shape), closing)
        self._taken[form] += 1
        if self._taken[form] <= _ONE_BY_ONE:
            return self._capture.run(lambda: self._learn(rainy, clean, closing))
        if form not in self._kept:
            self._kept[form] = self._new(rainy, clean, closing=closing)
        kept = self._kept[form]
        kept.rainy.copy_(rainy)
        kept.clean.copy_(clean)
        kept.replay()
        return kept.loss.clone()

    def _new(self, rainy: Tensor, clean: Tensor, *, closing: bool) -> _Captured:
        first, second = rainy.clone(), clean.clone()
        replay, loss = self._capture.captured(
            lambda: self._learn(first, second, closing)
        )
        return _Captured(first, second, loss, replay)
