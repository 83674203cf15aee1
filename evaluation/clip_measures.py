"""What can be measured of a clip besides its single pictures."""

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.measures import MEASURES, Measure
from evaluation.metrics import motion
from evaluation.metrics.luma import RgbArray


@dataclass(frozen=True, slots=True)
class Pair:
    """Two consecutive frames of one sequence."""

    first: RgbArray
    second: RgbArray


@dataclass(frozen=True, slots=True)
class Change:
    """Two consecutive frames of a clip, as a method gave them and as they are."""

    output: Pair
    truth: Pair | None
    baseline: Pair
    """The truth; or the rainy input where there is none: what `-ref` is taken of."""
    step: motion.Step


CLIP_MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            name="warp",
            protocol="lai2018",
            definition="warping error x 1000: mean square of what DIS flow does not "
            "explain, values 0 to 1",
        ),
        Measure(
            name="warp-ref",
            protocol="lai2018",
            definition="the same of the truth itself, or of the input without a "
            "truth: less than the truth's own means blur, not steadiness",
        ),
        Measure(
            name="tof",
            protocol="tecogan",
            definition="mean difference of Farneback motion to the truth's, pixels",
            needs_truth=True,
        ),
        Measure(
            name="tdiff",
            protocol="rgb",
            definition="mean error of the change from frame to frame, 0 to 255",
            needs_truth=True,
        ),
        Measure(
            name="flicker",
            protocol="luma",
            definition="mean change of luma, 0 to 255, where the reference is still",
        ),
        Measure(
            name="flicker-ref",
            protocol="luma",
            definition="the same of the truth itself, or of the input",
        ),
    )
}
ALL_MEASURES: Mapping[str, Measure] = {**MEASURES, **CLIP_MEASURES}


def measure_change(name: str, change: Change) -> float | None:
    """Returns one figure of two consecutive frames; None where it has no meaning.

    Raises:
        ValueError: The frames are too small for it.
    """
    subject = change.baseline if name.endswith("-ref") else change.output
    if name.startswith("warp"):
        return motion.warping_error(subject.first, subject.second, change.step)
    if name.startswith("flicker"):
        return motion.flicker(subject.first, subject.second, change.step)
    if change.truth is None:
        return None
    pairs = (
        (change.output.first, change.output.second),
        (change.truth.first, change.truth.second),
    )
    if name == "tof":
        return motion.motion_error(*pairs)
    return motion.difference_error(*pairs)
