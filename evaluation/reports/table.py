"""The table that every report shows: the paper's rows above ours, as plain text.

Each figure's protocol stands in its column's head.
"""

from dataclasses import dataclass
from pathlib import Path

from evaluation.measures import Measure
from evaluation.paper import PAPER_PROTOCOLS, PaperRow, paper_rows
from evaluation.scores import Evaluation, Mean, MethodResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure: its mean, and what has to be said of it."""

    value: str
    detail: str = ""
    """The interval of the mean, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One method, with a cell for each measure."""

    name: str
    provenance: str
    """Where the figures are from: a table of the paper, or how they were measured."""
    cells: tuple[Cell, ...]
    is_ours: bool


def heads(evaluation: Evaluation) -> tuple[str, ...]:
    """Returns the head of each measure's column: name, unit, direction, protocol."""
    return tuple(head(measure) for measure in evaluation.measures)


def head(measure: Measure) -> str:
    """Returns something like `PSNR dB ↑ (mprnet)`."""
    arrow = "↑" if measure.higher_is_better else "↓"
    name = " ".join(filter(None, (measure.name.upper(), measure.unit, arrow)))
    return f"{name} ({measure.protocol})"


def rows(evaluation: Evaluation) -> tuple[TableRow, ...]:
    """Returns the paper's rows for this set, then one for each method."""
    return (*_published(evaluation), *_measured(evaluation))


def title(evaluation: Evaluation) -> str:
    """Returns the set's name and whether all of it was measured.

    A user's own set is told from others of its kind by the name of its folder.
    """
    test_set = evaluation.test_set
    measured = min(len(result.scores) for result in evaluation.results)
    own = "" if test_set.expected else f" of {Path(test_set.root).name}"
    return f"{test_set.name}{own}: {test_set.counted(measured)}"


def cell(mean: Mean | None, measure: Measure) -> Cell:
    """Returns a mean with its interval, or why there is none."""
    if mean is None:
        return Cell(value="-", detail="not computed" if measure.obstacle else "")
    if not mean.count:
        return Cell(value="inf", detail=f"all {mean.infinite} equal to the truth")
    low, high = (f"{end:.{measure.digits}f}" for end in (mean.low, mean.high))
    details = [f"{low} to {high}"] if mean.count > 1 else []
    if mean.infinite:
        details.append(f"{mean.infinite} more equal to the truth")
    return Cell(value=f"{mean.value:.{measure.digits}f}", detail=", ".join(details))


def _published(evaluation: Evaluation) -> list[TableRow]:
    return [
        TableRow(
            name=row.method,
            provenance=f"the paper, {row.table}",
            cells=tuple(_printed(row, measure) for measure in evaluation.measures),
            is_ours=False,
        )
        for row in paper_rows(evaluation.test_set.name, evaluation.variants)
        if any(measure.name in row.printed for measure in evaluation.measures)
    ]


def _printed(row: PaperRow, measure: Measure) -> Cell:
    protocol = PAPER_PROTOCOLS.get(measure.name)
    if measure.name not in row.printed or protocol is None:
        return Cell(value="")
    other = "" if protocol == measure.protocol else f"in {protocol}: not comparable"
    return Cell(value=row.printed[measure.name], detail=other)


def _measured(evaluation: Evaluation) -> list[TableRow]:
    return [
        TableRow(
            name=result.name,
            provenance=", ".join(_facts(evaluation, result)),
            cells=tuple(cell(result.mean(m), m) for m in evaluation.measures),
            is_ours=True,
        )
        for result in evaluation.results
    ]


def _facts(evaluation: Evaluation, result: MethodResult) -> list[str]:
    facts = [evaluation.counted(result)]
    if "results" in result.facts:
        facts.append(f"results in {result.facts['results']}")
    elif result.facts:
        how = ("device", "backend", "precision", "temporal")
        ran = (result.facts[key] for key in how if key in result.facts)
        unit = "frame" if evaluation.test_set.is_video else "picture"
        facts += [" ".join(ran), f"{result.seconds:.3f} s a {unit}"]
        facts.append(f"weights {result.facts['weights_sha256'][:12]}")
    return facts
