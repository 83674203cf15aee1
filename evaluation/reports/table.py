"""The table that every report shows: the paper's rows above ours, as plain text.

Each figure's protocol stands in its column's head.
"""

import math
from dataclasses import dataclass

from evaluation.measures import Measure
from evaluation.paper import paper_rows
from evaluation.scores import EntrantResult, Evaluation, Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One line: a name, where it comes from, and a cell for each measure."""

    name: str
    origin: str
    cells: tuple[str, ...]
    counted: str
    seconds: str
    is_ours: bool


def heads(evaluation: Evaluation) -> tuple[str, ...]:
    """Returns the head of each measure's column: name, direction, protocol."""
    return tuple(head(measure) for measure in evaluation.measures)


def head(measure: Measure) -> str:
    """Returns `PSNR dB, higher is better (mprnet)`, in short."""
    arrow = "↑" if measure.higher_is_better else "↓"
    name = " ".join(filter(None, (measure.name.upper(), measure.unit, arrow)))
    return f"{name} ({measure.protocol})"


def rows(evaluation: Evaluation) -> tuple[TableRow, ...]:
    """Returns the paper's rows for this set, then one for each entrant."""
    return (*_published(evaluation), *_measured(evaluation))


def shown(mean: Mean | None, measure: Measure) -> str:
    """Returns a mean with its interval, or why there is none."""
    if mean is None:
        return "not computed" if measure.obstacle else "-"
    text = f"{mean.value:.{measure.digits}f}"
    if mean.count > 1:
        text += f" [{mean.low:.{measure.digits}f}, {mean.high:.{measure.digits}f}]"
    if mean.infinite:
        text += f" + {mean.infinite} equal to the truth"
    return text if math.isfinite(mean.value) else f"all {mean.infinite} equal"


def _published(evaluation: Evaluation) -> list[TableRow]:
    names = [measure.name for measure in evaluation.measures]
    return [
        TableRow(
            name=row.method,
            origin=f"the paper, {row.table}",
            cells=tuple(row.printed.get(name, "") for name in names),
            counted="",
            seconds="",
            is_ours=False,
        )
        for row in paper_rows(evaluation.test_set.name)
    ]


def _measured(evaluation: Evaluation) -> list[TableRow]:
    return [
        TableRow(
            name=result.name,
            origin=" ".join(
                result.facts[key]
                for key in ("device", "backend", "precision")
                if key in result.facts
            ),
            cells=tuple(shown(result.mean(m), m) for m in evaluation.measures),
            counted=evaluation.counted(result),
            seconds=_seconds(result),
            is_ours=True,
        )
        for result in evaluation.results
    ]


def _seconds(result: EntrantResult) -> str:
    return f"{result.seconds:.3f}" if result.facts else ""
