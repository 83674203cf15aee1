"""What can be measured of one picture, by name, with the protocol it is measured in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.measures.measure import Measure
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.reference_models.parameters import (
    BRISQUE_FILE,
    LPIPS_FILE,
    NIQE_FILE,
    SSEQ_FILE,
)

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
