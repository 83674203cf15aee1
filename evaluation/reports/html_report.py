"""One self-contained page: table, distributions, the worst and the best pictures."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from evaluation.measures import Measure
from evaluation.methods import Method
from evaluation.paper import PAPER_PROTOCOLS, paper_rows
from evaluation.reports.examples import (
    GAIN,
    Example,
    embedded,
    examples,
    figure,
    ranked,
)
from evaluation.reports.page_frame import problems_html, remarks_html, write_page
from evaluation.reports.svg import distribution
from evaluation.reports.table import Cell, TableRow, heads, rows, title
from evaluation.scores import Evaluation, MethodResult, Score
from evaluation.sets.testset import Box


def write_html(evaluation: Evaluation, methods: Sequence[Method], path: Path) -> None:
    """Writes the page; it loads nothing from elsewhere.

    Args:
        evaluation: What is shown.
        methods: Those of the evaluation, to compute the pictures that are shown.
        path: What was there before is replaced at once.
    """
    parts = [
        problems_html(evaluation.problems),
        _table(evaluation),
        remarks_html(evaluation.remarks),
        _distributions(evaluation),
        *_galleries(evaluation, methods),
    ]
    write_page(title(evaluation), parts, path)


def _table(evaluation: Evaluation) -> str:
    titles = ("method", *heads(evaluation), "from")
    head = "".join(f"<th>{escape(text)}</th>" for text in titles)
    body = "".join(_row(row) for row in rows(evaluation))
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        "<p>Small figures: 95 % bootstrap interval of the mean.</p>"
    )


def _row(row: TableRow) -> str:
    cells = "".join(_cell(cell) for cell in row.cells)
    kind = ' class="ours"' if row.is_ours else ""
    return (
        f"<tr{kind}><th>{escape(row.name)}</th>{cells}"
        f"<td class='origin'>{escape(row.provenance)}</td></tr>"
    )


def _cell(cell: Cell) -> str:
    small = f"<small>{escape(cell.detail)}</small>" if cell.detail else ""
    return f"<td>{escape(cell.value)}{small}</td>"


def _distributions(evaluation: Evaluation) -> str:
    if max(len(result.scores) for result in evaluation.results) < 2:
        return ""
    plots = (_plot(evaluation, place) for place in range(len(evaluation.measures)))
    return "<h2>Distributions</h2>" + "".join(plots)


def _plot(evaluation: Evaluation, place: int) -> str:
    measure = evaluation.measures[place]
    values = {
        result.name: [
            score.values[measure.name]
            for score in result.scores
            if measure.name in score.values
        ]
        for result in evaluation.results
    }
    published = {
        f"paper's {row.method}": row.values[measure.name]
        for row in paper_rows(evaluation.test_set.name)
        if row.method == "MSPFN"
        and measure.name in row.values
        and PAPER_PROTOCOLS[measure.name] == measure.protocol
    }
    plot = distribution(values, heads(evaluation)[place], published)
    return f'<div class="scroll">{plot}</div>'


def _galleries(evaluation: Evaluation, methods: Sequence[Method]) -> list[str]:
    measure = next((m for m in evaluation.measures if not m.obstacle), None)
    if measure is None:
        return []
    # The untouched input is a gallery of its own only where nothing else ran.
    pairs = list(zip(evaluation.results, methods, strict=True))
    chosen = [pair for pair in pairs if pair[0].facts] or pairs
    return [_gallery(evaluation, *pair, measure) for pair in chosen]


def _gallery(
    evaluation: Evaluation, result: MethodResult, method: Method, measure: Measure
) -> str:
    worst, best = ranked(result, measure)
    groups = (("worst", worst), ("best", best))
    return "".join(
        f"<h2>{escape(result.name)}: {_many(scores)} {word} by "
        f"{measure.name.upper()}</h2>" + _panels(evaluation, method, scores, measure)
        for word, scores in groups
        if scores
    )


def _many(scores: Sequence[Score]) -> str:
    return f"the {len(scores)}" if len(scores) > 1 else "the"


def _panels(
    evaluation: Evaluation,
    method: Method,
    scores: Sequence[Score],
    measure: Measure,
) -> str:
    shown = examples(evaluation, method, scores)
    return "".join(_panel(example, evaluation, measure) for example in shown)


def _panel(example: Example, evaluation: Evaluation, measure: Measure) -> str:
    values = example.score.values
    figures = ", ".join(
        f"{m.name.upper()} {figure(values[m.name], m)} {m.unit}".strip()
        for m in evaluation.measures
        if m.name in values
    )
    kind = "output - input" if example.truth is None else "output - truth"
    pictures = [
        _picture("input", embedded(example.rainy), example.boxes),
        _picture("output", embedded(example.output)),
    ]
    if example.truth is not None:
        pictures.append(_picture("truth", embedded(example.truth)))
    pictures.append(_picture(f"|{kind}| x {GAIN}", embedded(example.residual)))
    name = f"<b>{escape(example.score.sample)}</b>"
    return (
        f'<section data-value="{values[measure.name]}"><p>{name} {escape(figures)}</p>'
        f'<div class="scroll row">{"".join(pictures)}</div></section>'
    )


def _picture(caption: str, url: str, boxes: Sequence[Box] = ()) -> str:
    frames = "".join(_box(box) for box in boxes)
    return (
        f'<figure><div class="frame"><img src="{url}" alt="{escape(caption)}">{frames}'
        f"</div><figcaption>{escape(caption)}</figcaption></figure>"
    )


def _box(box: Box) -> str:
    place = (
        f"left:{100 * box.left:.2f}%;top:{100 * box.top:.2f}%;"
        f"width:{100 * (box.right - box.left):.2f}%;"
        f"height:{100 * (box.bottom - box.top):.2f}%"
    )
    return f'<i style="{place}" title="{escape(box.label)}"></i>'
