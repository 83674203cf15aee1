"""Checkpoints a run goes on from, bit for bit.

A file is written beside its place and moved there whole: a run killed while it writes
loses nothing that was written before.
"""

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from model.whole_file import written_whole
from training.errors import TrainingError

_OF_DAMAGE = (
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
    LookupError,
    UnpicklingError,
)
"""What PyTorch raises, by where a file is cut and what stands in its place."""


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Writes a run's state."""
    with written_whole(path) as beside:
        torch.save(state, beside)


def load_checkpoint(path: Path, device: torch.device) -> dict[str, Any]:
    """Returns a run's state.

    Raises:
        TrainingError: There is none, or it cannot be read.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    except FileNotFoundError:
        raise TrainingError(
            f"Expected a checkpoint in {path}; there is none."
        ) from None
    except _OF_DAMAGE as error:
        why = str(error).partition(". ")[0] or type(error).__name__
        raise TrainingError(f"{path} is not a whole checkpoint: {why}.") from error
    return state
