"""The parts of `check` and `speed`: what each does, and how long it may take.

They stand by their worth, for time may end before them. Each is one process, which
loads PyTorch once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchmarks.gpu.findings import Findings

WHOLE_S = {"check": 150.0, "speed": 140.0}
"""What a phase may take; both are one call of less than 300 s."""
SPARE_S = 4.0
"""A part ends itself this long before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process of a phase."""

    module: str
    """Below `benchmarks.gpu`; its function of the part's name does the work."""
    limit_s: float


PARTS = {
    "check": {
        "machine": Part(module="check.correct", limit_s=15),
        "correct": Part(module="check.correct", limit_s=50),
        "decoding": Part(module="check.decoding", limit_s=30),
        "suite": Part(module="check.suite", limit_s=50),
    },
    "speed": {
        "network": Part(module="speed.network", limit_s=45),
        "whole_runs": Part(module="speed.runs", limit_s=35),
        "training_steps": Part(module="speed.steps", limit_s=39),
        "profile": Part(module="speed.trace", limit_s=20),
    },
    "more": {
        "streams": Part(module="speed.runs", limit_s=90),
        "compiled": Part(module="speed.network", limit_s=120),
        "floor": Part(module="speed.network", limit_s=60),
        "memory": Part(module="speed.network", limit_s=60),
    },
}
"""By phase; `more` is only done when it is asked for by name."""


def part_named(name: str) -> Part:
    """Returns a part of any phase.

    Raises:
        KeyError: There is none of that name; the message names those there are.
    """
    known = {key: part for phase in PARTS.values() for key, part in phase.items()}
    if name not in known:
        raise KeyError(f"Expected a part of {', '.join(known)}; got {name!r}.")
    return known[name]


def work_of(name: str) -> Callable[[Any, Findings], None]:
    """Returns what a part does with a subject; loads PyTorch."""
    module = import_module(f"benchmarks.gpu.{part_named(name).module}")
    work: Callable[[Any, Findings], None] = getattr(module, name)
    return work
