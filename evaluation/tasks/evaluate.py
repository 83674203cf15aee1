"""What a user asked a judge for, and carrying it out: from folders to figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evaluation.errors import EvaluationError, Interrupted
from evaluation.evaluate import Plan, Progress, methods_of
from evaluation.methods import (
    GatedMethod,
    InputBaseline,
    Method,
    Remembered,
    ResultsFolder,
)
from evaluation.result_cache import ResultCache
from evaluation.tasks.conditions import Condition, conditions_of
from evaluation.tasks.figures.metric import METRICS
from evaluation.tasks.judges.judge import open_detector, open_segmenter
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labelled_set import LabelledSet, Task
from evaluation.tasks.labels.open import Where, open_labelled
from evaluation.tasks.looking import ClassTable
from evaluation.tasks.outcome import INPUT, TaskEvaluation, headline, outcome_of
from evaluation.tasks.rain import RainMaker
from evaluation.tasks.rows import method_under, missing_results
from evaluation.tasks.runner import RowRun, TaskRun, Work

PAPER_THRESHOLD = 0.6
"""Of a detection's score, as the paper's Table 6 says."""
GATES = ("off", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlan:
    """One call of `derain evaluate detection` or `segmentation`."""

    task: Task
    where: Where
    judge: JudgeSettings
    methods: Plan
    """Models, precisions and results of others; its cache and jobs are taken too."""
    rain: tuple[RainMaker, ...] = ()
    """Rain to be made on dry pictures; a part of the table each."""
    seed: int = 0
    gates: tuple[str, ...] = ("off",)
    """`off`, `on`; each is a row of every network."""
    threshold: float = PAPER_THRESHOLD


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """The figures, and who made them: a report asks for pictures again."""

    evaluation: TaskEvaluation
    work: Work
    methods: tuple[Method, ...]


def evaluate_task(plan: TaskPlan, progress: Progress) -> TaskOutcome:
    """Evaluates what the plan says.

    Raises:
        EvaluationError: A set, judge or model cannot be had, nothing could be
            measured, or the judge fails on clean pictures.
        Interrupted: Ctrl-C or SIGTERM came; it says what is kept.
    """
    cache = plan.methods.cache
    if cache is not None and not cache.parent.is_dir():
        raise EvaluationError(f"{cache.parent} is no folder to write to.")
    labelled = open_labelled(plan.where, plan.task)
    _refuse_wrong_kind(plan)
    work = Work(
        labelled=labelled,
        judge=plan.judge,
        classes=ClassTable.of(labelled.classes, plan.judge.labels),
        conditions=conditions_of(labelled, plan.rain, plan.seed),
    )
    methods = _methods(plan, labelled)
    lacking = missing_results(methods, work.conditions)
    totals = [len(labelled.samples) * _rows_of(method, work) for method in methods]
    for method, total in zip(methods, totals, strict=True):
        progress.begin(method.name, total)
    run = TaskRun(
        work,
        ResultCache(cache),
        advance=progress.step,
        jobs=plan.methods.jobs,
        on_row=lambda row: _require_a_judge(plan, work, row),
    )
    try:
        runs = run.run(methods)
    except KeyboardInterrupt as stop:
        raise Interrupted(_interrupted(plan, run.done, sum(totals))) from stop
    _require_anything(work, runs)
    found = outcome_of(work, runs, plan.threshold)
    found = replace(found, problems=(*found.problems, *lacking))
    return TaskOutcome(found, work, methods)


def _rows_of(method: Method, work: Work) -> int:
    own = (method_under(method, c, work.conditions) for c in work.conditions)
    return sum(found is not None for found in own)


def _refuse_wrong_kind(plan: TaskPlan) -> None:
    """Opens the judge once: a wrong one must not cost the time of the networks."""
    if plan.task == "segmentation":
        open_segmenter(plan.judge)
    else:
        open_detector(plan.judge)


def _methods(plan: TaskPlan, labelled: LabelledSet) -> tuple[Method, ...]:
    rows: list[Method] = []
    for method in methods_of(plan.methods, labelled.name, clips=False):
        if isinstance(method, InputBaseline | ResultsFolder):
            rows.append(method)
            continue
        own = Remembered(method) if len(plan.gates) > 1 else method
        rows += [own] if "off" in plan.gates else []
        rows += [GatedMethod(own)] if "on" in plan.gates else []
    return tuple(rows)


def _require_a_judge(plan: TaskPlan, work: Work, row: RowRun) -> None:
    """Refuses a judge that sees nothing even where there is no rain."""
    if row.method.name != INPUT or not row.condition.is_clean:
        return
    value = 100 * headline(work, row, plan.threshold)
    if not row.seen or (math.isfinite(value) and value >= plan.judge.floor):
        return
    title = METRICS[plan.task][0].title
    raise EvaluationError(
        f"{title} {value:.1f} % on clean pictures, and at least {plan.judge.floor:g} "
        f"is expected: is the order of the classes or of the channels, the size or the "
        f"mean in the judge's file another? (floor = 0 there lets it pass)"
    )


def _require_anything(work: Work, runs: Sequence[RowRun]) -> None:
    if any(run.seen for run in runs):
        return
    told = [p for run in runs for p in run.problems] or list(work.labelled.problems)
    why = told[0] if told else "the set is empty."
    raise EvaluationError(f"Nothing of {work.labelled.name} could be measured: {why}")


def _interrupted(plan: TaskPlan, done: int, total: int) -> str:
    if plan.methods.cache is None:
        return "interrupted; nothing was kept (with --json FILE it goes on later)"
    return (
        f"interrupted; {done} of {total} pictures of all rows are kept in "
        f"{plan.methods.cache}: the same command goes on"
    )


def condition_named(work: Work, name: str) -> Condition:
    """Returns a condition of the run by its name."""
    return next(own for own in work.conditions if own.name == name)
