"""placeholder."""

from collections.abc import Sequence
from pathlib import Path

from evaluation.entrants import Entrant
from evaluation.scores import Evaluation


def write_html(evaluation: Evaluation, entrants: Sequence[Entrant], path: Path) -> None:
    """Writes."""
