"""Runs methods over clips: each clip is decoded once, for all of them together."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np

from evaluation.clip_measures import CLIP_MEASURES, Change, Pair, measure_change
from evaluation.errors import EvaluationError
from evaluation.frames import clip_hash, frames_of
from evaluation.measures import Measure, Views, measure_picture
from evaluation.methods import Method
from evaluation.metrics.luma import RgbArray
from evaluation.metrics.motion import Step, step_between
from evaluation.result_cache import ResultCache, key_of
from evaluation.runners.pictures import Advance, Row, evaluation_of
from evaluation.runners.workers import applicable
from evaluation.scores import Evaluation, Score
from evaluation.sets.testset import Clip, TestSet

# TecoGAN leaves out the first and the last two motions of a clip.
_TOF_EDGE = 2


@dataclass(frozen=True, slots=True)
class FramePair:
    """One frame of a clip."""

    rainy: RgbArray
    truth: RgbArray | None
    reference: RgbArray
    """What motion is estimated on: the truth, or the rain's median over 3 frames."""


class ClipRun:
    """One evaluation of a set of clips."""

    def __init__(
        self,
        test_set: TestSet,
        measures: Sequence[Measure],
        cache: ResultCache,
        advance: Advance = lambda name: None,
        max_frames: int | None = None,
    ) -> None:
        self._set = test_set
        self._measures = tuple(measures)
        self._cache = cache
        self._advance = advance
        self._max_frames = max_frames
        self._rows: list[Row] = []

    @property
    def done(self) -> int:
        """How many clips are measured so far, of all methods together."""
        return sum(len(row.scores) for row in self._rows)

    def evaluate(self, methods: Sequence[Method]) -> Evaluation:
        """Returns the figures of all methods.

        Raises:
            EvaluationError: Not one clip could be measured.
        """
        self._rows = [Row(method) for method in methods]
        for place, clip in enumerate(self._set.clips):
            try:
                self._one(clip, place)
            except EvaluationError as error:
                self._rows[0].problems.append(str(error))
        return evaluation_of(self._set, self._measures, self._rows)

    def _one(self, clip: Clip, place: int) -> None:
        content = self._content(clip)
        scorers: list[_ClipScorer] = []
        for row in self._rows:
            key = None if content is None else key_of(row.method.key, content)
            missing = self._missing(clip, key)
            try:
                scorers.append(_ClipScorer(row, key, missing, clip.name))
            except EvaluationError as error:
                row.problems.append(str(error))
        waiting = [scorer for scorer in scorers if scorer.measures]
        if waiting:
            self._watch(clip, waiting)
        for scorer in scorers:
            self._record(scorer, clip, place)

    def _content(self, clip: Clip) -> str | None:
        hashes = [clip_hash(uri) for uri in (clip.rainy, clip.truth) if uri]
        known = [found for found in hashes if found is not None]
        if len(known) < len(hashes):
            return None
        return key_of(*known, str(self._max_frames))

    def _missing(self, clip: Clip, key: str | None) -> tuple[Measure, ...]:
        able = applicable(self._measures, truth=clip.truth is not None)
        known = {} if key is None else self._cache.values(key)
        return tuple(measure for measure in able if measure.identity not in known)

    def _watch(self, clip: Clip, scorers: list["_ClipScorer"]) -> None:
        before: FramePair | None = None
        for frame_pair in islice(frame_pairs(clip), self._max_frames):
            step = None
            if before is not None and any(scorer.moves for scorer in scorers):
                step = step_between(before.reference, frame_pair.reference)
            for scorer in scorers:
                self._advanced(scorer, scorer.look(frame_pair, step))
            before = frame_pair
        if before is None:
            raise EvaluationError(f"{clip.rainy} holds no frame.")
        for scorer in scorers:
            self._advanced(scorer, scorer.end())

    def _advanced(self, scorer: "_ClipScorer", frames: int) -> None:
        for _ in range(frames):
            self._advance(scorer.row.method.name)

    def _record(self, scorer: "_ClipScorer", clip: Clip, place: int) -> None:
        if scorer.failure:
            scorer.row.problems.append(f"{clip.name}: {scorer.failure}")
            return
        fresh = scorer.means()
        if scorer.key is not None and scorer.measures:
            self._cache.keep(scorer.key, fresh, scorer.seconds())
        known = dict(self._cache.values(scorer.key)) if scorer.key else {}
        known |= fresh
        seconds = self._cache.seconds(scorer.key) if scorer.key else scorer.seconds()
        scorer.row.problems += [f"{clip.name}: {text}" for text in scorer.obstacles]
        scorer.row.scores[place] = Score(
            sample=clip.name,
            values={
                m.name: known[m.identity] for m in self._measures if m.identity in known
            },
            seconds=seconds,
        )


class _ClipScorer:
    """What one method has scored on one clip so far."""

    def __init__(
        self, row: Row, key: str | None, measures: tuple[Measure, ...], clip: str
    ) -> None:
        self.row, self.key, self.measures = row, key, measures
        self.obstacles: list[str] = []
        self.failure = ""
        """Why the method could not go through the clip; the others go on without it."""
        self._stream = row.method.stream(clip)
        self._waiting: deque[tuple[FramePair, Step | None]] = deque()
        self._last: tuple[FramePair, RgbArray] | None = None
        self._values: dict[str, list[float]] = {m.name: [] for m in measures}
        self._seconds: list[float] = []
        self._of_frames = [m for m in measures if m.name not in CLIP_MEASURES]
        self._of_changes = [m for m in measures if m.name in CLIP_MEASURES]

    @property
    def moves(self) -> bool:
        """Whether it needs the motion between frames."""
        return bool(self._of_changes)

    def look(self, frame_pair: FramePair, step: Step | None) -> int:
        """Derains a frame; measures what comes out and returns how many frames did.

        Args:
            frame_pair: The next frame.
            step: The motion from the one before to it; None for the first.
        """
        if self.failure:
            return 0
        self._waiting.append((frame_pair, step))
        start = time.perf_counter()
        try:
            outputs = self._stream.push(frame_pair.rainy)
        except EvaluationError as error:
            self.failure = str(error)
            return 0
        self._seconds.append(time.perf_counter() - start)
        return self._measured(outputs)

    def end(self) -> int:
        """Measures the frames that waited for later ones, and returns how many."""
        return 0 if self.failure else self._measured(self._stream.flush())

    def _measured(self, outputs: Sequence[RgbArray]) -> int:
        for output in outputs:
            frame_pair, step = self._waiting.popleft()
            values, obstacles = measure_picture(
                self._of_frames, Views(output, frame_pair.truth, frame_pair.rainy)
            )
            self._hindered(obstacles)
            for name, value in values.items():
                self._values[name].append(value)
            if self._last is not None and step is not None:
                before, last = self._last
                self._compare(_change(last, output, before, frame_pair, step))
            self._last = frame_pair, output
        return len(outputs)

    def _compare(self, change: Change) -> None:
        """Measures two consecutive frames together."""
        for measure in self._of_changes:
            try:
                value = measure_change(measure.name, change)
            except ValueError as error:
                self._hindered((f"{measure.name}: {error}",))
                continue
            if value is not None:
                self._values[measure.name].append(value)

    def means(self) -> dict[str, float]:
        """Returns the mean over the frames, by the measure's identity."""
        identities = {measure.name: measure.identity for measure in self.measures}
        return {
            identities[name]: float(np.mean(_trimmed(name, values)))
            for name, values in self._values.items()
            if values
        }

    def seconds(self) -> float:
        """Returns the median time of the network for a frame."""
        return float(np.median(self._seconds)) if self._seconds else 0.0

    def _hindered(self, obstacles: Sequence[str]) -> None:
        self.obstacles += [text for text in obstacles if text not in self.obstacles]


def frame_pairs(clip: Clip) -> Iterator[FramePair]:
    """Yields the frames of a clip with what they are compared to.

    Raises:
        EvaluationError: Clip and truth differ in length or size, or break off.
    """
    if clip.truth is None:
        yield from _steadied(frames_of(clip.rainy))
        return
    pairs = zip_longest(frames_of(clip.rainy), frames_of(clip.truth))
    for place, (rainy, truth) in enumerate(pairs):
        if rainy is None or truth is None:
            shorter = clip.rainy if rainy is None else clip.truth
            raise EvaluationError(
                f"{shorter} ends after {place} frames, the other one goes on."
            )
        if rainy.shape != truth.shape:
            raise EvaluationError(f"{clip.rainy} and {clip.truth} differ in size.")
        yield FramePair(rainy, truth, truth)


def _steadied(frames: Iterator[RgbArray]) -> Iterator[FramePair]:
    """Delays by one frame: rain is gone from the median of three."""
    window: list[RgbArray] = []
    for frame in frames:
        window.append(frame)
        if len(window) == 1:
            continue
        yield _middle(window)
        window = window[-2:]
    if window:
        yield FramePair(window[-1], None, window[-1])


def _middle(window: list[RgbArray]) -> FramePair:
    # The first frame has no neighbour before it: it stands for itself.
    here = window[-2]
    if len({frame.shape for frame in window}) > 1:
        raise EvaluationError("The picture size changes within the clip.")
    three = [window[0], here, window[-1]]
    return FramePair(here, None, np.median(np.stack(three), axis=0).astype(np.uint8))


def _change(
    last: RgbArray, output: RgbArray, before: FramePair, now: FramePair, step: Step
) -> Change:
    truth = None
    if before.truth is not None and now.truth is not None:
        truth = Pair(before.truth, now.truth)
    baseline = truth or Pair(before.rainy, now.rainy)
    return Change(Pair(last, output), truth, baseline, step)


def _trimmed(name: str, values: list[float]) -> list[float]:
    if name != "tof" or len(values) <= 2 * _TOF_EDGE:
        return values
    return values[_TOF_EDGE:-_TOF_EDGE]
