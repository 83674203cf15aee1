"""The tables of quality: long ones for their own page, a short one for the README."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.paper import PAPER_PROTOCOLS, paper_rows
from evaluation.reports.table import cell
from evaluation.scores import Evaluation, MethodResult

_OFF = "off"
_PAPER = "the paper's MSPFN, whole set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A column of the table: one set, and what is shown of it."""

    name: str
    folder: str
    set_name: str
    shown: tuple[str, ...] = ("psnr", "ssim")
    is_video: bool = False

    @property
    def brief(self) -> tuple[str, ...]:
        """What of it the short table shows."""
        return self.shown[:2]

    @property
    def file(self) -> str:
        """Where its figures are written."""
        return f"evaluate_{self.name}.json"


def as_markdown(
    found: Mapping[Part, Evaluation], lacking: Sequence[str], title: str
) -> str:
    """Returns all figures as tables: pictures in one, each clip in one of its own."""
    pictures = {part: e for part, e in found.items() if not part.is_video}
    parts = [f"# Quality\n\n{title}\n"]
    if pictures:
        parts.append("\n".join(_pictures(pictures)) + "\n")
    parts += [
        "\n".join(_clip(part, evaluation)) + "\n"
        for part, evaluation in found.items()
        if part.is_video
    ]
    amiss = [*lacking, *(line for e in found.values() for line in e.problems)]
    if amiss:
        parts.append("\n".join(f"- {line}" for line in amiss) + "\n")
    return "\n".join(parts)


def short_table(found: Mapping[Part, Evaluation], folder: Path) -> str:
    """Returns a row for each set and temporal step, a column for each precision.

    `folder` is where the JSON files are, as seen from where the table will stand.
    """
    rows = [result for e in found.values() for result in e.results if result.facts]
    precisions = list(dict.fromkeys(row.facts["precision"] for row in rows))
    lines = [
        table_row("", "input", *precisions, _PAPER),
        table_row(*["---"] * (len(precisions) + 3)),
    ]
    for part, evaluation in found.items():
        lines += _short(part, evaluation, precisions, folder)
    return "\n".join(lines)


def _short(
    part: Part, evaluation: Evaluation, precisions: Sequence[str], folder: Path
) -> Iterator[str]:
    results = [result for result in evaluation.results if result.facts]
    whole = [_brief(part, evaluation, r) for r in evaluation.results if not r.facts]
    for step in dict.fromkeys(map(_step, results)):
        of_step = {r.facts["precision"]: r for r in results if _step(r) == step}
        figures = [
            _brief(part, evaluation, of_step[precision]) if precision in of_step else ""
            for precision in precisions
        ]
        if step == _OFF:
            name = _head(part, evaluation, part.brief, folder)
            rest = _paper(evaluation, part.brief)
            yield table_row(name, *(whole or [""]), *figures, rest)
        else:
            yield table_row(f"the same with `--temporal {step}`", "", *figures, "")


def _step(result: MethodResult) -> str:
    return result.facts.get("temporal", _OFF)


def _brief(part: Part, evaluation: Evaluation, result: MethodResult) -> str:
    return _figures(part.brief, evaluation, result)


def _pictures(found: Mapping[Part, Evaluation]) -> Iterator[str]:
    heads = [_head(part, e, part.shown) for part, e in found.items()]
    yield table_row("", *heads)
    yield table_row(*["---"] * (len(heads) + 1))
    for place, result in enumerate(next(iter(found.values())).results):
        row = [_figures(p.shown, e, e.results[place]) for p, e in found.items()]
        yield table_row(result.name, *row)
    yield table_row(_PAPER, *(_paper(e, part.shown) for part, e in found.items()))


def _clip(part: Part, evaluation: Evaluation) -> Iterator[str]:
    measures = [m for m in evaluation.measures if m.name in part.shown]
    heads = [f"{m.name.upper()} ({m.protocol})" for m in measures]
    yield table_row(f"[{part.folder}]({part.file})", *heads, "s a frame")
    yield table_row(*["---"] * (len(heads) + 2))
    for result in evaluation.results:
        values = [cell(result.mean(measure), measure).value for measure in measures]
        seconds = f"{result.seconds:.3f}" if result.facts else ""
        yield table_row(result.name, *values, seconds)


def _head(
    part: Part,
    evaluation: Evaluation,
    shown: tuple[str, ...],
    folder: Path | None = None,
) -> str:
    measures = [m for m in evaluation.measures if m.name in shown]
    names = " / ".join(measure.name.upper() for measure in measures)
    count = min(len(result.scores) for result in evaluation.results)
    counted = evaluation.test_set.counted(count)
    link = f"[{part.folder}]({(folder or Path()) / part.file})"
    return f"{link}, {counted}, {names} ({measures[0].protocol})"


def _figures(
    shown: tuple[str, ...], evaluation: Evaluation, result: MethodResult
) -> str:
    measures = [m for m in evaluation.measures if m.name in shown]
    return " / ".join(cell(result.mean(m), m).value for m in measures)


def _paper(evaluation: Evaluation, shown: tuple[str, ...]) -> str:
    rows = [r for r in paper_rows(evaluation.test_set.name) if r.method == "MSPFN"]
    comparable = all(
        PAPER_PROTOCOLS.get(measure.name) == measure.protocol
        for measure in evaluation.measures
        if measure.name in shown
    )
    if not rows or not comparable:
        return ""
    return " / ".join(rows[0].printed[name] for name in shown)


def table_row(*cells: str) -> str:
    """Returns a row of a Markdown table."""
    return f"| {' | '.join(cells)} |"
