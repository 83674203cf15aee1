"""One self-contained page: the table, and what the judge sees in the best and worst."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from evaluation.reports.examples import embedded
from evaluation.reports.page_frame import problems_html, remarks_html, write_page
from evaluation.tasks.conditions import CLEAN
from evaluation.tasks.evaluate import TaskOutcome
from evaluation.tasks.outcome import INPUT, TaskEvaluation, TaskRow
from evaluation.tasks.paper_table import printed_tables
from evaluation.tasks.reports.drawing import colour_of
from evaluation.tasks.reports.examples import Example, Gain, examples, ranked
from evaluation.tasks.reports.table import (
    class_lines,
    heads,
    in_order,
    lines,
    percent,
    remarks,
    title,
)

_WORDS = {"helps": "good", "hurts": "bad", "no difference": "", "": ""}


def write_task_page(outcome: TaskOutcome, path: Path) -> None:
    """Writes the page; it loads nothing from elsewhere.

    Args:
        outcome: What is shown, and who makes the pictures again.
        path: What was there before is replaced at once.
    """
    evaluation = outcome.evaluation
    parts = [
        problems_html(evaluation.problems),
        _table(evaluation),
        "<h2>Single classes</h2>",
        _plain(*class_lines(evaluation)),
        *_paper(evaluation),
        remarks_html(remarks(evaluation)),
        *_galleries(outcome),
    ]
    write_page(title(evaluation), parts, path)


def _table(evaluation: TaskEvaluation) -> str:
    first, second, *rest = map(escape, heads(evaluation))
    head = f'<th>{first}</th><th class="name">{second}</th>'
    head += "".join(f"<th>{text}</th>" for text in rest)
    rows = []
    for line in lines(evaluation):
        own = "".join(f"<td>{escape(cell)}</td>" for cell in line.cells[2:-1])
        names = "".join(f"<th>{escape(cell)}</th>" for cell in line.cells[:2])
        word = f'<td class="{_WORDS[line.verdict]}">{escape(line.cells[-1])}</td>'
        kind = ' class="ours"' if line.verdict else ""
        rows.append(f"<tr{kind}>{names}{own}{word}</tr>")
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        "<p>Figures in percent, over all pictures. The word goes by the 95 % interval "
        "of the difference to the input, drawn over pictures, the same for both.</p>"
    )


def _plain(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(text)}</th>" for text in head)
    body = "".join(
        f"<tr><th>{escape(row[0])}</th>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _paper(evaluation: TaskEvaluation) -> list[str]:
    labelled = evaluation.labelled
    return [
        f"<h2>{escape(printed.title)}</h2>"
        + _plain(("method", *printed.columns), printed.rows)
        for printed in printed_tables(labelled.task, labelled.name)
    ]


def _galleries(outcome: TaskOutcome) -> list[str]:
    """Each method's most helped and most hurt; the first stands open."""
    found = [_legend(outcome.evaluation)]
    opened: set[str] = set()
    for row in in_order(outcome.evaluation):
        base = outcome.evaluation.row(row.condition, INPUT)
        if row.method == INPUT or base is None or row.condition == CLEAN:
            continue
        found.append(_gallery(outcome, row, base, is_open=row.condition not in opened))
        opened.add(row.condition)
    return found


def _legend(evaluation: TaskEvaluation) -> str:
    marks = "".join(
        f'<span class="class" style="border-color:rgb{colour_of(place)}">'
        f"{escape(name)}</span>"
        for place, name in enumerate(evaluation.classes.names)
    )
    return f"<h2>What the judge sees</h2><p>{marks}</p>"


def _gallery(
    outcome: TaskOutcome, row: TaskRow, base: TaskRow, *, is_open: bool
) -> str:
    helped, hurt = ranked(outcome.evaluation, row, base)
    groups = (("helped", helped), ("hurt", hurt))
    name = f"{escape(row.method)}, {escape(row.condition)}"
    inner = "".join(
        f"<h3>{_many(gains)} most {word}</h3>" + _panels(outcome, row, gains)
        for word, gains in groups
        if gains
    )
    state = " open" if is_open else ""
    text = inner or "<p>No picture differs from the input.</p>"
    return f'<details class="gallery"{state}><summary>{name}</summary>{text}</details>'


def _many(gains: Sequence[Gain]) -> str:
    return f"The {len(gains)}" if len(gains) > 1 else "The"


def _panels(outcome: TaskOutcome, row: TaskRow, gains: Sequence[Gain]) -> str:
    title_of = outcome.evaluation.metrics[0].title
    shown = examples(outcome, row, gains)
    return "".join(_panel(example, title_of) for example in shown)


def _panel(example: Example, metric: str) -> str:
    gain = example.gain
    figures = "".join(
        f'<figure><div class="frame"><img src="{embedded(picture)}" '
        f'alt="{escape(caption)}"></div><figcaption>{escape(caption)}</figcaption>'
        "</figure>"
        for caption, picture in example.pictures
    )
    return (
        f'<section data-value="{gain.value:.6f}"><p><b>{escape(gain.sample)}</b> '
        f"{escape(metric)} {percent(gain.rainy)} in rain, {percent(gain.derained)} "
        f'derained</p><div class="scroll row">{figures}</div></section>'
    )
