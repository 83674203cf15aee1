"""The pictures of the page: the worst and the best, as input, output, truth, residual.

They are computed again for the page: ten or twenty pictures cost less than keeping all.
"""

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np

from evaluation.errors import EvaluationError
from evaluation.measures import Measure
from evaluation.methods import Method
from evaluation.methods.streams import through
from evaluation.metrics.luma import RgbArray
from evaluation.runners.clips import FramePair, frame_pairs
from evaluation.scores import Evaluation, MethodResult, Score
from evaluation.sets.testset import Box, Clip, Sample

GAIN = 4
_SHOWN = 10
_QUALITY = 95
_FRAME = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One sample as it is shown; pictures are uint8 RGB of one size."""

    score: Score
    rainy: RgbArray
    output: RgbArray
    truth: RgbArray | None
    boxes: tuple[Box, ...] = ()

    @property
    def residual(self) -> RgbArray:
        """What is still wrong, or without a truth what was taken away; times `GAIN`."""
        other = self.rainy if self.truth is None else self.truth
        apart = np.abs(self.output.astype(np.int16) - other)
        return np.minimum(GAIN * apart, 255).astype(np.uint8)


def ranked(
    result: MethodResult, measure: Measure
) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
    """Returns the ten worst and the ten best; none is in both."""
    scored = [s for s in result.scores if measure.name in s.values]
    ordered = sorted(
        scored,
        key=lambda score: (_rank(score, measure), score.sample),
    )
    half = min(_SHOWN, (len(ordered) + 1) // 2)
    worst = ordered[:half]
    best = ordered[half:][::-1][:_SHOWN]
    return tuple(worst), tuple(best)


def _rank(score: Score, measure: Measure) -> float:
    value = score.values[measure.name]
    return value if measure.higher_is_better else -value


def examples(
    evaluation: Evaluation, method: Method, scores: Sequence[Score]
) -> Iterator[Example]:
    """Yields these samples with their pictures; one that cannot be read is left out."""
    samples = {sample.name: sample for sample in evaluation.test_set.samples}
    clips = {clip.name: clip for clip in evaluation.test_set.clips}
    for score in scores:
        try:
            if score.sample in samples:
                yield _of_sample(samples[score.sample], score, method)
            else:
                yield _of_clip(clips[score.sample], score, method)
        except EvaluationError:
            # It is named among the problems already, or was there a minute ago.
            continue


def _of_sample(sample: Sample, score: Score, method: Method) -> Example:
    rainy = sample.rainy.read()
    return Example(
        score=score,
        rainy=rainy,
        output=method(rainy, sample.name),
        truth=None if sample.truth is None else sample.truth.read(),
        boxes=sample.boxes,
    )


def _of_clip(clip: Clip, score: Score, method: Method) -> Example:
    seen: list[FramePair] = []

    def frames() -> Iterator[RgbArray]:
        for frame_pair in frame_pairs(clip):
            seen.append(frame_pair)
            yield frame_pair.rainy

    outputs = list(islice(through(method.stream(clip.name), frames()), _FRAME + 1))
    if not outputs:
        raise EvaluationError(f"{clip.rainy} holds no frame.")
    shown = seen[len(outputs) - 1]
    return Example(
        score=score,
        rainy=shown.rainy,
        output=outputs[-1],
        truth=shown.truth,
    )


def embedded(picture: RgbArray) -> str:
    """Returns a picture as a `data:` URL.

    JPEG of quality 95 without chroma subsampling: the page is for looking; the
    figures are from exact pixels.
    """
    flags = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    flags += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, data = cv2.imencode(".jpg", picture[..., ::-1], flags)
    if not done:
        raise EvaluationError("A picture of the page could not be encoded.")
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


def figure(value: float, measure: Measure) -> str:
    """Returns a value with the digits of its measure."""
    return f"{value:.{measure.digits}f}" if math.isfinite(value) else "inf"
