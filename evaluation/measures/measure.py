"""One measure of a picture: what its figure is called, and how it is to be read."""

from dataclasses import dataclass
from pathlib import Path

from evaluation.reference_models.parameters import ParameterFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One column of the table; plain data, so that another process can take it."""

    name: str
    protocol: str
    """The convention of the figure, named beside it everywhere."""
    definition: str
    """The protocol in one line for a person."""
    higher_is_better: bool = False
    digits: int = 3
    unit: str = ""
    needs_truth: bool = False
    needs_rainy: bool = False
    file: ParameterFile | None = None
    """The parameter file it needs; None when it needs none."""
    path: Path | None = None
    """Where the user says that file is."""
    file_hash: str = ""

    @property
    def identity(self) -> str:
        """Names the figure exactly: what is kept on disk is kept under it."""
        return "/".join(filter(None, (self.name, self.protocol, self.file_hash[:16])))

    @property
    def obstacle(self) -> str:
        """Why it cannot be computed at all; empty when it can."""
        return self.file.missing if self.file is not None and self.path is None else ""
