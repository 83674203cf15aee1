"""What a user asked for, and carrying it out: from names to an evaluation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from evaluation.clip_measures import ALL_MEASURES
from evaluation.errors import EvaluationError, Interrupted
from evaluation.frames import frame_count
from evaluation.measures import MEASURES, Measure, measures_for
from evaluation.methods import (
    InputBaseline,
    MemoryMethod,
    Method,
    Network,
    ResultsFolder,
    TemporalMethod,
    has_memory,
)
from evaluation.result_cache import ResultCache
from evaluation.runners.clips import ClipRun
from evaluation.runners.pictures import PictureRun
from evaluation.scores import Evaluation
from evaluation.sets import TestSet, open_set

_USUAL: Mapping[tuple[bool, bool], tuple[str, ...]] = {
    (False, True): ("psnr", "ssim", "fsim"),
    (False, False): ("niqe", "sseq", "niqe-derain"),
    (True, True): (
        *("psnr", "ssim", "warp", "warp-ref", "tof", "tdiff"),
        *("flicker", "flicker-ref"),
    ),
    (True, False): ("niqe-derain", "warp", "warp-ref", "flicker", "flicker-ref"),
}
"""What is measured when nobody says: by whether they are clips and have a truth."""
_INPUT, _OFF = "input", "off"


class Progress(Protocol):
    """Shows how far the work is; each method has a line of its own."""

    def begin(self, name: str, total: int | None) -> None:
        """Adds a line; `total` is None when nobody knows."""

    def step(self, name: str) -> None:
        """One more is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One call of `derain evaluate`."""

    set_name: str
    root: str
    models: tuple[str, ...] = ("mspfn-lite",)
    """Names, `.safetensors` files, or `input`."""
    results: tuple[tuple[str, Path], ...] = ()
    """Folders of other programs' results, each with the name of its row."""
    with_input: bool = True
    protocol: str | None = None
    """None takes `mprnet` for pictures and `video` for clips."""
    metrics: tuple[str, ...] = ()
    """Empty takes those that fit the set."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Parameter files, by the measure's name."""
    cache: Path | None = None
    """Where figures are kept while they come in; None keeps nothing."""
    jobs: int = 1
    max_frames: int | None = None
    device: str = "auto"
    backend: str = "auto"
    precisions: tuple[str, ...] = ("auto",)
    """Each is a row of its own."""
    temporal: tuple[str, ...] = (_OFF,)
    """Temporal steps of a clip, `off`, `causal`, `centred`; each is a row too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures, and who made them: a report may ask for pictures again."""

    evaluation: Evaluation
    methods: tuple[Method, ...]


def evaluate(plan: Plan, progress: Progress) -> Outcome:
    """Evaluates what the plan says.

    Raises:
        EvaluationError: A set, file, measure or model cannot be had, or nothing of
            the set could be measured.
        Interrupted: Ctrl-C or SIGTERM came; it says what is kept.
    """
    if plan.cache is not None and not plan.cache.parent.is_dir():
        raise EvaluationError(f"{plan.cache.parent} is no folder to write to.")
    test_set = _opened(plan)
    measures = _measures(plan, test_set)
    methods = methods_of(plan, test_set.name, clips=test_set.is_video)
    for method in methods:
        progress.begin(method.name, _total(plan, test_set))
    run = _run(plan, test_set, measures, progress)
    try:
        return Outcome(run.evaluate(methods), methods)
    except KeyboardInterrupt as stop:
        raise Interrupted(_interrupted(plan, test_set, methods, run.done)) from stop


def _run(
    plan: Plan, test_set: TestSet, measures: list[Measure], progress: Progress
) -> PictureRun | ClipRun:
    cache = ResultCache(plan.cache)
    if test_set.is_video:
        return ClipRun(test_set, measures, cache, progress.step, plan.max_frames)
    return PictureRun(test_set, measures, cache, progress.step, plan.jobs)


def _interrupted(
    plan: Plan, test_set: TestSet, methods: tuple[Method, ...], done: int
) -> str:
    if plan.cache is None:
        return "interrupted; nothing was kept (with --json FILE it goes on later)"
    rows = f" ({len(methods)} rows of {test_set.found})" if len(methods) > 1 else ""
    return (
        f"interrupted; {done} of {len(methods) * test_set.found} {test_set.unit}"
        f"{rows} are kept in {plan.cache}: the same command goes on"
    )


def _opened(plan: Plan) -> TestSet:
    test_set = open_set(plan.set_name, plan.root)
    if plan.max_frames is None:
        return test_set
    if not test_set.is_video:
        raise EvaluationError(
            f"Frames are counted in clips, and {plan.set_name} holds pictures; leave "
            "--max-frames out."
        )
    cut = f"only the first {plan.max_frames} frames of each clip were measured"
    return replace(test_set, cut=cut)


def _measures(plan: Plan, test_set: TestSet) -> list[Measure]:
    usual = test_set.measures or _USUAL[test_set.is_video, test_set.has_truth]
    protocol = plan.protocol or ("video" if test_set.is_video else "mprnet")
    known = ALL_MEASURES if test_set.is_video else MEASURES
    return measures_for(plan.metrics or usual, protocol, plan.files, known)


def methods_of(plan: Plan, set_name: str, *, clips: bool) -> tuple[Method, ...]:
    """Returns the rows that a plan asks for, the untouched input first.

    Args:
        plan: Its models, precisions, temporal steps and results of others.
        set_name: What the set is called in an error.
        clips: Whether the set holds clips: a temporal step needs them.

    Raises:
        EvaluationError: A model cannot be had, or a temporal step has no clips.
    """
    with_input = plan.with_input or _INPUT in plan.models
    temporal = tuple(dict.fromkeys(plan.temporal))
    if not clips and temporal != (_OFF,):
        raise EvaluationError(
            f"A temporal step needs clips; {set_name} is a set of pictures."
        )
    networks = (
        row
        for model in dict.fromkeys(plan.models)
        if model != _INPUT
        for row in _rows_of(plan, model, temporal)
    )
    results = (ResultsFolder(name, folder) for name, folder in plan.results)
    return (*((InputBaseline(),) if with_input else ()), *networks, *results)


def _rows_of(plan: Plan, model: str, temporal: tuple[str, ...]) -> Iterator[Method]:
    """The rows of one network; one with a memory has no temporal step beside it."""
    precisions = tuple(dict.fromkeys(plan.precisions))
    remembers = has_memory(model)
    for precision in precisions:
        name = f"{model} {precision}" if len(precisions) > 1 else model
        if remembers:
            yield MemoryMethod(
                model, device=plan.device, precision=precision, name=name
            )
            continue
        network = Network(
            model,
            device=plan.device,
            backend=plan.backend,
            precision=precision,
            name=name,
        )
        yield from _over_time(network, temporal)


def _over_time(network: Network, temporal: tuple[str, ...]) -> Iterator[Method]:
    for step in temporal:
        yield network if step == _OFF else TemporalMethod(network, step)


def _total(plan: Plan, test_set: TestSet) -> int | None:
    if not test_set.is_video:
        return test_set.found
    if test_set.has_truth or Path(test_set.root).exists():
        counts = [frame_count(clip.rainy) for clip in test_set.clips]
        known = [min(c, plan.max_frames or c) for c in counts if c is not None]
        return sum(known) if len(known) == len(counts) else plan.max_frames
    return plan.max_frames
