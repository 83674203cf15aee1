"""What every page has in common: its frame and style, its problems and remarks."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from model.whole_file import write_whole

_NAMED = 20


def write_page(title: str, parts: Iterable[str], path: Path) -> None:
    """Writes a page that loads nothing from elsewhere.

    Args:
        title: Of the page, as plain text; its first heading too.
        parts: HTML.
        path: What was there before is replaced at once.
    """
    style = files("evaluation.reports").joinpath("page.css").read_text("utf-8")
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )
    write_whole(path, page)


def problems_html(problems: Sequence[str]) -> str:
    """Returns what is missing, folded up where it is much; empty for nothing."""
    if not problems:
        return ""
    lines = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    count = len(problems)
    word = "problem" if count == 1 else "problems"
    return (
        f'<details class="problems"{" open" if count <= _NAMED else ""}>'
        f"<summary>{count} {word}</summary>"
        f"<ul>{lines}</ul></details>"
    )


def remarks_html(remarks: Iterable[str]) -> str:
    """Returns what a reader has to know, as a list."""
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in remarks)}</ul>"
