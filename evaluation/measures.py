"""What can be measured of one picture, by name, with the protocol it is measured in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import Picture
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.parameters import ParameterFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One column of the table; plain data, so that another process can take it."""

    name: str
    protocol: str
    """The convention of the figure, named beside it everywhere."""
    higher_is_better: bool
    digits: int
    unit: str = ""
    needs_truth: bool = True
    file: ParameterFile | None = None
    """The parameter file it needs; None when it needs none."""
    path: Path | None = None
    """Where the user says that file is."""
    file_hash: str = ""

    @property
    def identity(self) -> str:
        """Names the figure exactly: the cache keeps values under it."""
        return "/".join(filter(None, (self.name, self.protocol, self.file_hash[:16])))

    @property
    def obstacle(self) -> str:
        """Why it cannot be computed at all; empty when it can."""
        return self.file.plea if self.file is not None and self.path is None else ""


def measured(measure: Measure, output: Picture, truth: Picture | None) -> float:
    """Returns the figure of one picture.

    Raises:
        ValueError: The picture is too small, or differs from the truth in size.
    """
    if not measure.needs_truth:
        return _ALONE[measure.name](output, measure.path)
    if truth is None:
        raise ValueError(f"{measure.name} needs a truth.")
    return _AGAINST_TRUTH[measure.name](output, truth, measure.protocol)


def _psnr(output: Picture, truth: Picture, protocol: str) -> float:
    return PROTOCOLS[protocol].psnr(output, truth)


def _ssim(output: Picture, truth: Picture, protocol: str) -> float:
    return PROTOCOLS[protocol].ssim(output, truth)


_AGAINST_TRUTH: Mapping[str, Callable[[Picture, Picture, str], float]] = {
    "psnr": _psnr,
    "ssim": _ssim,
}
_ALONE: Mapping[str, Callable[[Picture, Path | None], float]] = {}


def measures_for(names: Sequence[str], protocol: str) -> list[Measure]:
    """Returns the measures of these names.

    Raises:
        EvaluationError: A name, or the protocol, is not known.
    """
    if protocol not in PROTOCOLS:
        raise EvaluationError(
            f"No protocol is named {protocol}; known: {', '.join(PROTOCOLS)}."
        )
    known = {
        "psnr": Measure(
            name="psnr",
            protocol=protocol,
            higher_is_better=True,
            digits=2,
            unit="dB",
        ),
        "ssim": Measure(
            name="ssim", protocol=protocol, higher_is_better=True, digits=4
        ),
    }
    strange = [name for name in names if name not in known]
    if strange:
        raise EvaluationError(
            f"No measure is named {strange[0]}; known: {', '.join(known)}."
        )
    return [known[name] for name in names]
