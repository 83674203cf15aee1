"""What can be measured of one picture, by name, with the protocol it is measured in."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from evaluation.errors import EvaluationError
from evaluation.metrics.brisque import brisque
from evaluation.metrics.fidelity import fitted_to, psnr
from evaluation.metrics.fsim import feature_similarity
from evaluation.metrics.luma import RgbArray, luma
from evaluation.metrics.niqe import niqe
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.metrics.residual import residual
from evaluation.metrics.sseq import sseq
from evaluation.reference_models.files import brisque_model, niqe_model, sseq_model
from evaluation.reference_models.lpips import lpips
from evaluation.reference_models.parameters import (
    BRISQUE_FILE,
    LPIPS_FILE,
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


@dataclass(frozen=True, slots=True)
class Views:
    """What a measure may look at: pictures of one size."""

    output: RgbArray
    truth: RgbArray | None = None
    rainy: RgbArray | None = None
    mask: RgbArray | None = None


def measure_picture(
    measures: Sequence[Measure], views: Views
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Returns the figures of one picture by name, and why some could not be had."""
    values: dict[str, float] = {}
    obstacles: list[str] = []
    for measure in measures:
        if measure.name in values:
            continue
        try:
            values |= _FUNCTIONS[measure.name](views, measure)
        except ValueError as error:
            obstacles.append(f"{measure.name}: {error}")
    wanted = {measure.name for measure in measures}
    return {n: v for n, v in values.items() if n in wanted}, tuple(obstacles)


def _psnr(views: Views, measure: Measure) -> dict[str, float]:
    of_pictures = PROTOCOLS[measure.protocol].psnr
    return {"psnr": of_pictures(views.output, _given(views.truth))}


def _psnr_fit(views: Views, measure: Measure) -> dict[str, float]:
    truth = _given(views.truth)
    of_pictures = PROTOCOLS[measure.protocol].psnr
    return {"psnr-fit": of_pictures(fitted_to(views.output, truth), truth)}


def _psnr_stay(views: Views, _: Measure) -> dict[str, float]:
    inside = _given(views.mask)[..., 0] > 0
    output, truth = luma(views.output)[inside], luma(_given(views.truth))[inside]
    return {"psnr-stay": psnr(output, truth)}


def _ssim(views: Views, measure: Measure) -> dict[str, float]:
    ssim = PROTOCOLS[measure.protocol].ssim
    return {"ssim": ssim(views.output, _given(views.truth))}


def _fsim(views: Views, _: Measure) -> dict[str, float]:
    both = feature_similarity(views.output, _given(views.truth))
    return {"fsim": both.fsim, "fsimc": both.fsimc}


def _lpips(views: Views, measure: Measure) -> dict[str, float]:
    path = _given(measure.path)
    return {"lpips": lpips(views.output, _given(views.truth), path)}


def _residual(views: Views, _: Measure) -> dict[str, float]:
    found = residual(_given(views.rainy), views.output)
    both = {"residual-precision": found.precision, "residual-recall": found.recall}
    return {name: value for name, value in both.items() if math.isfinite(value)}


def _niqe(views: Views, measure: Measure) -> dict[str, float]:
    return {measure.name: niqe(views.output, niqe_model(measure.path))}


def _sseq(views: Views, measure: Measure) -> dict[str, float]:
    return {"sseq": sseq(views.output, sseq_model(_given(measure.path)))}


def _brisque(views: Views, measure: Measure) -> dict[str, float]:
    return {"brisque": brisque(views.output, brisque_model(_given(measure.path)))}


_FUNCTIONS: Mapping[str, Callable[[Views, Measure], dict[str, float]]] = {
    "psnr": _psnr,
    "psnr-fit": _psnr_fit,
    "psnr-stay": _psnr_stay,
    "ssim": _ssim,
    "fsim": _fsim,
    "fsimc": _fsim,
    "lpips": _lpips,
    "residual-precision": _residual,
    "residual-recall": _residual,
    "niqe": _niqe,
    "niqe-derain": _niqe,
    "sseq": _sseq,
    "brisque": _brisque,
}


def _given(thing: T | None) -> T:
    if thing is None:
        raise ValueError(
            "the truth, the rainy picture or the parameter file is missing"
        )
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
            name="psnr-fit",
            protocol="mprnet",
            definition="PSNR after each colour got the gain and offset that fit the "
            "truth best: for pairs taken in two lights",
            higher_is_better=True,
            digits=2,
            unit="dB",
            needs_truth=True,
        ),
        Measure(
            name="psnr-stay",
            protocol="mprnet",
            definition="PSNR of the things that must stay alone (set `stay`)",
            higher_is_better=True,
            digits=2,
            unit="dB",
            needs_truth=True,
        ),
        Measure(
            name="lpips",
            protocol="2018",
            definition="LPIPS of the network in the file that was given",
            needs_truth=True,
            file=LPIPS_FILE,
        ),
        Measure(
            name="residual-precision",
            needs_rainy=True,
            protocol="own",
            definition="share of the light taken out that is thin, long and upright",
            higher_is_better=True,
        ),
        Measure(
            name="residual-recall",
            needs_rainy=True,
            protocol="own",
            definition="share of the thin, long, upright light that is gone",
            higher_is_better=True,
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
    if measure.name == "psnr-fit":
        return replace(measure, protocol=protocol)
    if measure.name in ("psnr", "ssim"):
        description = PROTOCOLS[protocol].description
        return replace(measure, protocol=protocol, definition=description)
    path = files.get(measure.name)
    if measure.file is None or path is None:
        return measure
    return replace(measure, path=path, file_hash=measure.file.checked(path))
