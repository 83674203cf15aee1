"""The figures of one picture, by the names of measures."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evaluation.measures.measure import Measure
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

T = TypeVar("T")


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
            values |= FUNCTIONS[measure.name](views, measure)
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


FUNCTIONS: Mapping[str, Callable[[Views, Measure], dict[str, float]]] = {
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
"""What makes the figures, by the name of the measure; one may make two."""


def _given(thing: T | None) -> T:
    if thing is None:
        raise ValueError(
            "the truth, the rainy picture or the parameter file is missing"
        )
    return thing
