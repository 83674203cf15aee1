"""The training loop: rains on clean pictures, steps, averages, and can be cut at will.

MSPFN (arXiv:2003.10985), sections 3.4 and 4.1, for loss and optimiser.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from model import build_network, write_weights
from training.data.batches import Drawn
from training.device.async_scalar import AsyncScalar
from training.device.fused_prelu import why_not, with_fused_prelu
from training.device.half_weights import HalfWeights
from training.device.step_graph import Capture, CudaCapture, Learn, StepGraph
from training.device.summed_network import with_fused_sums
from training.errors import TrainingError
from training.losses import luma_psnr_loss, paper_loss
from training.networks import compiled, starting_network, teacher_network
from training.progress.checkpoint import load_checkpoint, save_checkpoint
from training.progress.schedule import Phase, cosine_rate, halving_rate, phase_at
from training.settings import TrainSettings

Pictures = Float[Tensor, "batch 3 height width"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run stands after a step."""

    step: int
    progress: float
    """From 0 to 1."""
    loss: float
    """On a GPU that of the step before; `Trainer.last_loss` waits for this one's."""
    rate: float
    elapsed: float
    """Seconds of training, those before a resume included."""


class Trainer:
    """One run. One thread drives it, and can stop it after any step."""

    def __init__(
        self,
        settings: TrainSettings,
        batches: Drawn,
        generator: torch.Generator,
        *,
        clock: Callable[[], float] = time.monotonic,
        capture: Capture | None = None,
    ) -> None:
        """Takes no step yet.

        Args:
            settings: The run.
            batches: What it learns from.
            generator: Rules all draws; its device is where the run computes.
            clock: In seconds.
            capture: Captures steps; None for the device's own if the settings ask.

        Raises:
            TrainingError: The device cannot do what the settings ask.
        """
        self.settings = settings
        self.device = generator.device
        self.generator = generator
        self.batches = batches
        self.steps_done = 0
        self._losses = AsyncScalar()
        self._clock = clock
        self._spent = 0.0
        self._since = clock()
        capture = self._capture(capture)
        torch.manual_seed(settings.seed)
        self.network = starting_network(settings).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
        self._begun_with = _copied(self.network)
        self._teacher = teacher_network(settings, self.device)
        self.average = _copied(self.network)
        self.optimiser = torch.optim.Adam(
            self.network.parameters(), lr=settings.rate, fused=True
        )
        self._forward = self._forward_pass()
        graph = StepGraph(self._learn, capture) if capture else None
        self._take_step: Learn = graph or self._learn
        self._set_rate(settings.rate)

    def _capture(self, given: Capture | None) -> Capture | None:
        """Returns what captures steps, if anything; refuses what cannot be kept."""
        for name in ("fused_prelu", "fused_sums"):
            if getattr(self.settings, name) and (reason := why_not(self.device)):
                raise TrainingError(f"{name} cannot be kept: {reason}.")
        if self.settings.step_graph and given is None:
            return _cuda_capture(self.device)
        return given

    def _forward_pass(self) -> Callable[[Pictures], Pictures]:
        if self.settings.fused_sums:
            with_fused_sums(self.network)
        if self.settings.fused_prelu:
            with_fused_prelu(self.network)
        if self.settings.compile:
            return compiled(self.network, self.device)
        half = self.settings.precision == "bf16"
        return HalfWeights(self.network) if half else self.network

    @property
    def elapsed(self) -> float:
        """Seconds of training so far."""
        return self._spent + self._clock() - self._since

    @property
    def progress(self) -> float:
        """How much of the plan is done, from 0 to 1."""
        budget = self.settings.budget_seconds
        if budget is None:
            return min(1.0, self.steps_done / self.settings.steps)
        return min(1.0, self.elapsed / budget)

    def step(self) -> Progress:
        """Takes one step and returns where the run stands."""
        progress = self.progress
        phase = phase_at(progress, self.settings.phases)
        rate = self._rate(progress)
        self._set_rate(rate)
        loss = self._descend(phase, closing=progress >= 1 - self.settings.psnr_share)
        self.steps_done += 1
        self._update_average()
        return Progress(
            step=self.steps_done,
            progress=self.progress,
            loss=self._losses.put(loss),
            rate=rate,
            elapsed=self.elapsed,
        )

    def _set_rate(self, rate: float) -> None:
        """Sets the rate; for a captured step on a GPU where the graph reads it."""
        on_device = self.settings.step_graph and self.device.type == "cuda"
        for group in self.optimiser.param_groups:
            if not on_device:
                group["lr"] = rate
            elif isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:  # a new run, or one gone on with
                group["lr"] = torch.tensor(rate, device=self.device)
                group["capturable"] = True

    def last_loss(self) -> float:
        """Returns the loss of the last step; waits for the device."""
        return self._losses.wait()

    def _rate(self, progress: float) -> float:
        s = self.settings
        if s.schedule == "halving":
            return halving_rate(
                self.steps_done,
                start=s.rate,
                every=s.halve_every,
                floor=s.floor,
                factor=s.halve_by,
            )
        return cosine_rate(
            progress, self.steps_done, start=s.rate, floor=s.floor, warm_up=s.warm_up
        )

    def _descend(self, phase: Phase, *, closing: bool) -> Tensor:
        rainy, clean = self.batches.draw(phase)
        rainy = rainy.contiguous(memory_format=torch.channels_last)
        return self._take_step(rainy, clean, closing)

    def _learn(self, rainy: Pictures, clean: Pictures, closing: bool) -> Tensor:
        """Changes the weights by a batch, and returns the loss."""
        self.optimiser.zero_grad(set_to_none=True)
        with self._autocast():
            derained = self._forward(rainy)
        loss = self._loss(derained.float(), rainy, clean, closing=closing)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own stub
        self._change_weights()
        return loss.detach()

    def _loss(
        self, derained: Pictures, rainy: Pictures, clean: Pictures, *, closing: bool
    ) -> Tensor:
        loss = self._distance(derained, rainy, clean)
        if closing and self.settings.psnr_share > 0:
            loss = loss + 0.01 * luma_psnr_loss(derained, clean)
        return loss

    def _change_weights(self) -> None:
        """Takes the optimiser's step, by the gradients that are there."""
        if self.settings.clip:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.settings.clip)
        self.optimiser.step()

    def _autocast(self) -> torch.autocast:
        return torch.autocast(
            self.device.type, torch.bfloat16, enabled=self.settings.precision == "bf16"
        )

    def _distance(self, derained: Pictures, rainy: Pictures, clean: Pictures) -> Tensor:
        """The loss to the truth and, if there is a teacher, to its answer."""
        edges = self.settings.edge_weight
        loss = paper_loss(derained, clean, edge_weight=edges)
        if self._teacher is None:
            return loss
        with torch.no_grad(), self._autocast():
            taught = self._teacher(rainy).float().clamp(0, 1)
        to_teacher = paper_loss(derained, taught, edge_weight=edges)
        return torch.lerp(loss, to_teacher, self.settings.teacher_share)

    @torch.no_grad()
    def _update_average(self) -> None:
        # Early on the average follows closely, or the first weights would linger.
        decay = min(self.settings.ema, (1 + self.steps_done) / (10 + self.steps_done))
        now = self.network.state_dict()
        torch._foreach_lerp_(
            list(self.average.values()), [now[name] for name in self.average], 1 - decay
        )

    def save(self, path: Path) -> None:
        """Writes a checkpoint that `resume` goes on from, bit for bit."""
        state = {
            "settings": repr(self.settings),
            "step": self.steps_done,
            "elapsed": self.elapsed,
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "batches": self.batches.state(),
        }
        save_checkpoint(path, state)

    def resume(self, path: Path) -> None:
        """Goes on from a checkpoint.

        Raises:
            TrainingError: There is no whole checkpoint there.
        """
        state = load_checkpoint(path, self.device)
        self.network.load_state_dict(state["network"])
        for name, value in state["average"].items():
            self.average[name].copy_(value)
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"].cpu())
        self.batches.restore(state["batches"])
        self.steps_done = state["step"]
        self._spent, self._since = state["elapsed"], self._clock()

    def save_weights(self, path: Path, about: dict[str, str]) -> None:
        """Writes the averaged weights, the ones to use, as float16 safetensors.

        They are blended with those the run began from, if the settings say so.
        """
        share = self.settings.blend
        halves = {
            name: self._begun_with[name].lerp(value, share).half()
            for name, value in self.average.items()
        }
        write_weights(path, halves, {"model": self.settings.model, **about})

    def averaged_network(self) -> nn.Module:
        """Returns a copy of the network with the averaged weights, for evaluation."""
        network = build_network(self.settings.model).to(self.device)
        network.load_state_dict(self.average)
        return network.eval()


def _cuda_capture(device: torch.device) -> Capture:
    if device.type != "cuda":
        raise TrainingError(f"step_graph cannot be kept: {device} captures no graphs.")
    return CudaCapture(device)


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {
        name: value.detach().clone() for name, value in network.state_dict().items()
    }
