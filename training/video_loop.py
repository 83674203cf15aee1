"""The training loop of a network with a memory: it learns from sequences of frames.

The gradient flows back through the frames of a sequence, or through the last few of
them: Williams and Peng, "An Efficient Gradient-Based Algorithm for On-Line Training of
Recurrent Network Trajectories", Neural Computation, 1990.
"""

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from model.mspfn.video import Memory, VideoMSPFN
from training.data.sequences import Sequence, Sequences
from training.errors import TrainingError
from training.loop import Trainer
from training.progress.schedule import Phase
from training.settings import TrainSettings

_OF_PICTURES = ("compile", "step_graph", "fused_sums", "fused_prelu")
"""Settings for networks that take one picture at a time."""


class VideoTrainer(Trainer):
    """One run of a network with a memory. One thread drives it."""

    def __init__(
        self,
        settings: TrainSettings,
        batches: Sequences,
        generator: torch.Generator,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes no step yet; as `Trainer`.

        Raises:
            TrainingError: The settings are for single pictures, or the network is.
        """
        for name in _OF_PICTURES:
            if getattr(settings, name):
                raise TrainingError(
                    f"{name} is for networks without a memory, not {settings.model}."
                )
        if settings.frames < 2:
            raise TrainingError(
                f"{settings.model} learns from sequences: expected 2 frames or more, "
                f"got frames = {settings.frames}."
            )
        super().__init__(settings, batches, generator, clock=clock)
        if not isinstance(self.network, VideoMSPFN):
            raise TrainingError(f"{settings.model} has no memory to learn to use.")
        self._video = self.network
        self._sequences = batches

    def _descend(self, phase: Phase, *, closing: bool) -> Tensor:
        sequence = self._sequences.sequence(phase)
        self.optimiser.zero_grad(set_to_none=True)
        total = torch.zeros((), device=self.device)
        memory: Memory | None = None
        for frames in stretches(len(sequence), self.settings.back_frames):
            loss, memory = self._along(sequence, frames, memory, closing=closing)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own stub
            total += loss.detach()
            memory = memory.detached()
        self._change_weights()
        return total

    def _along(
        self,
        sequence: Sequence,
        frames: range,
        memory: Memory | None,
        *,
        closing: bool,
    ) -> tuple[Tensor, Memory]:
        """Returns these frames' part of the loss, and the memory after them."""
        parts = []
        for frame in frames:
            rainy, clean = sequence.rainy[frame], sequence.clean[frame]
            with self._autocast():
                derained, memory = self._video.step(
                    rainy, memory, sequence.alignment(frame)
                )
            parts.append(self._loss(derained.float(), rainy, clean, closing=closing))
        if memory is None:
            raise RuntimeError("A stretch of a sequence has frames.")
        return torch.stack(parts).sum() / len(sequence), memory


def stretches(frames: int, longest: int) -> Iterator[range]:
    """Yields the frames that a gradient flows back through together; 0: all."""
    step = longest or frames
    for first in range(0, frames, step):
        yield range(first, min(first + step, frames))
