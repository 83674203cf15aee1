"""Real pairs of rainy and clean pictures, in the folder forms of their authors."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from training.errors import TrainingError
from training.pictures import SUFFIXES, TrainingFile, read_picture

Pictures = Float[Tensor, "batch 3 height width"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of one pair."""

    rainy: Path
    clean: Path


def open_pairs(text: str) -> list[Pair]:
    """Returns the pairs of `FORM:FOLDER`."""
    form, _, folder = text.partition(":")
    raise TrainingError(f"Expected FORM:FOLDER, got {text!r} ({form}, {folder}).")


class RealPairs:
    """Pairs on the training device; one thread draws crops from them."""

    def __init__(self, sets: Sequence[list[Pair]], device: torch.device) -> None:
        self.files: list[TrainingFile] = []
        self._pairs: list[tuple[Tensor, Tensor]] = []

    def crops(
        self, count: int, size: int, generator: torch.Generator
    ) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) squares, RGB in [0, 1]."""
        raise NotImplementedError
