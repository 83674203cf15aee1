"""The table as text, the same for the terminal and the page; figures in percent."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.tasks.figures.comparison import Difference
from evaluation.tasks.outcome import TaskEvaluation, TaskRow

HEADS = ("condition", "method")
_GAP, _WORD = "gap closed", "against the input (95 %)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: its cells, and the plain word for it."""

    cells: tuple[str, ...]
    verdict: str
    """`helps`, `no difference`, `hurts`, or empty for the input itself."""


def heads(evaluation: TaskEvaluation) -> tuple[str, ...]:
    """Returns the head of each column."""
    titles = [title for _, title in columns(evaluation)]
    first = evaluation.metrics[0].title
    return (*HEADS, *titles, f"{_GAP} ({first})", f"{first} {_WORD}")


def columns(evaluation: TaskEvaluation) -> tuple[tuple[str, str], ...]:
    """Returns name and title of each figure: the first metric, AP, then the rest."""
    first, *rest = evaluation.metrics
    extra = [(name, title) for name, title, _ in evaluation.extra]
    others = [(metric.name, metric.title) for metric in rest]
    return ((first.name, first.title), *extra, *others)


def lines(evaluation: TaskEvaluation) -> list[Line]:
    """Returns the rows, those of one condition together."""
    return [_line(evaluation, row) for row in in_order(evaluation)]


def in_order(evaluation: TaskEvaluation) -> list[TaskRow]:
    """Returns the rows, those of one condition together."""
    order = list(dict.fromkeys(row.condition for row in evaluation.rows))
    return sorted(evaluation.rows, key=lambda row: order.index(row.condition))


def _told(facts: Mapping[str, str]) -> str:
    """Returns what is known of a judge; of a hash its beginning."""
    return ", ".join(
        f"{name} {text[:12] if name.endswith('sha256') else text}"
        for name, text in facts.items()
    )


def _line(evaluation: TaskEvaluation, row: TaskRow) -> Line:
    first = evaluation.metrics[0].name
    apart = row.differences.get(first)
    values = [percent(row.values.get(n, math.nan)) for n, _ in columns(evaluation)]
    gap = row.gap.get(first)
    return Line(
        cells=(
            row.condition,
            row.method,
            *values,
            "" if gap is None else f"{100 * gap:.0f} %",
            told(apart),
        ),
        verdict=apart.verdict if apart else "",
    )


def percent(value: float) -> str:
    """Returns a share of 1 in percent, or a dash where there is none."""
    return f"{100 * value:.1f}" if math.isfinite(value) else "-"


def told(apart: Difference | None) -> str:
    """Returns a difference with its interval and its word, in points of percent."""
    if apart is None:
        return ""
    value, low, high = (100 * v for v in (apart.value, apart.low, apart.high))
    return f"{apart.verdict}: {value:+.1f} ({low:+.1f} to {high:+.1f})"


def title(evaluation: TaskEvaluation) -> str:
    """Returns the set, the task and whether all of it was measured."""
    labelled = evaluation.labelled
    return f"{labelled.task} on {labelled.name}: {evaluation.counted}"


def remarks(evaluation: TaskEvaluation) -> list[str]:
    """Returns what a reader has to know beside the figures."""
    found = [f"{m.title}: {m.definition}" for m in evaluation.metrics]
    found += [f"{head}: {text}" for _, head, text in evaluation.extra]
    if evaluation.labelled.task == "detection":
        found.append(
            f"P, R and IoU: of detections with a score above {evaluation.threshold:g}"
        )
    found.append(f"judge: {_told(evaluation.judge.facts)}")
    rows = {row.method: row for row in evaluation.rows if row.facts}
    for row in rows.values():
        shown = ("model", "device", "backend", "precision", "gate", "weights_sha256")
        facts = " ".join(row.facts[key][:12] for key in shown if key in row.facts)
        facts = facts or f"results in {row.facts['results']}"
        found.append(f"{row.method}: {facts}, {row.seconds:.3f} s a picture")
    return [*found, *evaluation.notes]


def class_lines(
    evaluation: TaskEvaluation, condition: str | None = None
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Returns heads and rows of the figures of single classes.

    Args:
        evaluation: The figures.
        condition: The one to show, whose name is then left out; None shows all.
    """
    name = "iou" if evaluation.labelled.task == "segmentation" else "ap50"
    rows = [
        row
        for row in in_order(evaluation)
        if name in row.class_values and condition in (None, row.condition)
    ]
    of_rows = (
        row.method if condition else f"{row.condition}, {row.method}" for row in rows
    )
    table = [
        (label, *(percent(row.class_values[name][place]) for row in rows))
        for place, label in enumerate(evaluation.classes.names)
    ]
    return ("class", *of_rows), table
