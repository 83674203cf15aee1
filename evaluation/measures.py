"""What can be measured of one picture, by name, with the protocol it is measured in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from evaluation.errors import EvaluationError
from evaluation.metrics.brisque import brisque
from evaluation.metrics.fsim import feature_similarity
from evaluation.metrics.luma import RgbArray
from evaluation.metrics.niqe import niqe
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.metrics.sseq import sseq
from evaluation.reference_models.files import brisque_model, niqe_model, sseq_model
from evaluation.reference_models.parameters import (
    BRISQUE_FILE,
    NIQE_FILE,
    SSEQ_FILE,
    ParameterFile,
)

T = TypeVar("T")


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


def measure_picture(
    measures: Sequence[Measure], output: RgbArray, truth: RgbArray | None
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Returns the figures of one picture by name, and why some could not be had."""
    values: dict[str, float] = {}
    obstacles: list[str] = []
    for measure in measures:
        if measure.name in values:
            continue
        try:
            values |= _FUNCTIONS[measure.name](output, truth, measure)
        except ValueError as error:
            obstacles.append(f"{measure.name}: {error}")
    wanted = {measure.name for measure in measures}
    return {n: v for n, v in values.items() if n in wanted}, tuple(obstacles)


def _psnr(out: RgbArray, truth: RgbArray | None, measure: Measure) -> dict[str, float]:
    return {"psnr": PROTOCOLS[measure.protocol].psnr(out, _given(truth))}


def _ssim(out: RgbArray, truth: RgbArray | None, measure: Measure) -> dict[str, float]:
    return {"ssim": PROTOCOLS[measure.protocol].ssim(out, _given(truth))}


def _fsim(out: RgbArray, truth: RgbArray | None, _: Measure) -> dict[str, float]:
    both = feature_similarity(out, _given(truth))
    return {"fsim": both.fsim, "fsimc": both.fsimc}


def _niqe(out: RgbArray, _: RgbArray | None, measure: Measure) -> dict[str, float]:
    return {measure.name: niqe(out, niqe_model(measure.path))}


def _sseq(out: RgbArray, _: RgbArray | None, measure: Measure) -> dict[str, float]:
    return {"sseq": sseq(out, sseq_model(_given(measure.path)))}


def _brisque(out: RgbArray, _: RgbArray | None, measure: Measure) -> dict[str, float]:
    return {"brisque": brisque(out, brisque_model(_given(measure.path)))}


_Function = Callable[[RgbArray, RgbArray | None, Measure], dict[str, float]]
_FUNCTIONS: Mapping[str, _Function] = {
    "psnr": _psnr,
    "ssim": _ssim,
    "fsim": _fsim,
    "fsimc": _fsim,
    "niqe": _niqe,
    "niqe-derain": _niqe,
    "sseq": _sseq,
    "brisque": _brisque,
}


def _given(thing: T | None) -> T:
    if thing is None:
        raise ValueError("the truth, or the parameter file, is missing")
    return thing


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            name="psnr",
            protocol="mprnet",
            definition=PROTOCOLS["mprnet"].description,
            higher_is_better=True,
            digits=2,
            unit="dB",
            needs_truth=True,
        ),
        Measure(
            name="ssim",
            protocol="mprnet",
            definition=PROTOCOLS["mprnet"].description,
            higher_is_better=True,
            digits=4,
            needs_truth=True,
        ),
        Measure(
            name="fsim",
            protocol="2011",
            definition="FSIM V1.0 of Zhang 2011 on YIQ luma",
            higher_is_better=True,
            digits=4,
            needs_truth=True,
        ),
        Measure(
            name="fsimc",
            protocol="2011",
            definition="FSIM V1.0 of Zhang 2011 with colour",
            higher_is_better=True,
            digits=4,
            needs_truth=True,
        ),
        Measure(
            name="niqe",
            protocol="live",
            definition="LIVE release on rgb2gray, steady in flat areas",
            file=NIQE_FILE,
        ),
        Measure(
            name="niqe-derain",
            protocol="own model",
            definition="NIQE with this project's own pristine model: no paper's NIQE",
        ),
        Measure(
            name="sseq",
            protocol="live",
            definition="LIVE release on rgb2gray; 0 best, 100 worst",
            digits=2,
            file=SSEQ_FILE,
        ),
        Measure(
            name="brisque",
            protocol="live",
            definition="LIVE release on rgb2gray",
            digits=2,
            file=BRISQUE_FILE,
        ),
    )
}


def measures_for(
    names: Sequence[str],
    protocol: str,
    files: Mapping[str, Path],
    known: Mapping[str, Measure] = MEASURES,
) -> list[Measure]:
    """Returns the measures of these names, with their parameter files.

    Args:
        names: As in `known`.
        protocol: Of PSNR and SSIM, as in `PROTOCOLS`.
        files: The user's parameter files, by the measure's name.
        known: Those that fit the set.

    Raises:
        EvaluationError: A name or the protocol is not known, or a file is not the
            one that the measure needs.
    """
    if protocol not in PROTOCOLS:
        raise EvaluationError(
            f"No protocol is named {protocol}; known: {', '.join(PROTOCOLS)}."
        )
    strange = [name for name in names if name not in known]
    if strange:
        raise EvaluationError(
            f"No measure of this set is named {strange[0]}; known: {', '.join(known)}."
        )
    return [_prepared(known[name], protocol, files) for name in names]


def _prepared(measure: Measure, protocol: str, files: Mapping[str, Path]) -> Measure:
    if measure.name in ("psnr", "ssim"):
        description = PROTOCOLS[protocol].description
        return replace(measure, protocol=protocol, definition=description)
    path = files.get(measure.name)
    if measure.file is None or path is None:
        return measure
    return replace(measure, path=path, file_hash=measure.file.checked(path))
