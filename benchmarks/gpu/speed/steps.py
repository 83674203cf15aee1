"""How many steps of training a second, on the packed pictures."""

import time
from functools import partial

import torch

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.subject import Found, Subject
from training.data.batches import Batches
from training.data.pictures import CleanPictures
from training.loop import Trainer
from training.progress.schedule import Phase
from training.rain.pool import RainPool
from training.settings import TrainSettings

_FORMS: dict[str, frozenset[str]] = {
    "": frozenset(),
    ", as one graph": frozenset({"step_graph"}),
    ", fused PReLU": frozenset({"fused_prelu"}),
    ", fused PReLU and sums": frozenset({"fused_prelu", "fused_sums"}),
    ", fused PReLU and sums, as one graph": frozenset(
        {"fused_prelu", "fused_sums", "step_graph"}
    ),
}
"""Ways of taking a step, by what a finding is called."""


def training_steps(on: Subject, found: Findings) -> None:
    """The light network from its weights, as `train` does it."""
    batch, size = (2, 32) if on.dry else (80, 160)
    for form, options in _FORMS.items():
        if not (options and on.dry):  # kernels and graphs are a GPU's
            work = partial(_steps, on, batch, size, options)
            found.take(f"batch {batch} of {size}{form}", work, least_s=6)


def _steps(on: Subject, batch: int, size: int, options: frozenset[str]) -> Found:
    trainer = _trainer(on, batch, size, options)
    warm, count = (1, 2) if on.dry else (6, 40)
    with torch.backends.cudnn.flags(enabled=True, benchmark=True):
        first_s = _timed(trainer, warm)
        seconds = _timed(trainer, count)
    found: Found = {
        "steps/s": round(count / seconds, 2),
        "mpixel/s": round(count * batch * size * size / seconds / 1e6, 1),
        "first steps s": round(first_s, 1),
        "loss": round(trainer.last_loss(), 4),
    }
    if not on.dry:
        found["peak mib"] = round(torch.cuda.max_memory_allocated() / 2**20)
    return found


def _timed(trainer: Trainer, count: int) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        trainer.step()
    trainer.last_loss()
    return time.perf_counter() - begun


def _trainer(on: Subject, batch: int, size: int, options: frozenset[str]) -> Trainer:
    settings = TrainSettings(
        begin_from="mspfn-lite",
        budget="10m",
        schedule="cosine",
        phases=(Phase(start=0.0, size=size, batch=batch),),
        precision="fp32" if on.dry else "bf16",
        fused_prelu="fused_prelu" in options,
        fused_sums="fused_sums" in options,
        step_graph="step_graph" in options,
        rain_maps=4 if on.dry else 128,
        rain_size=max(size, 64),
        rain_renew=1 if on.dry else 8,
    )
    device = torch.device(on.device)
    generator = torch.Generator(device).manual_seed(settings.seed)
    clean = CleanPictures([on.package / "train" / "val"], device)
    pool = RainPool(settings.rain, settings.rain_maps, settings.rain_size, generator)
    batches = Batches(generator, clean=clean, pool=pool, renew=settings.rain_renew)
    return Trainer(settings, batches, generator)
