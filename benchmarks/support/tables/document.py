"""Tables in Markdown, and how newer ones come into a document."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path


def head(names: Sequence[str]) -> Iterator[str]:
    """Yields the two lines that a table of these columns begins with."""
    yield line(*names)
    yield line(*["---"] * len(names))


def line(*cells: str) -> str:
    """Returns a line of a table."""
    return f"| {' | '.join(cells)} |"


def written(document: str, made: Sequence[Sequence[str]]) -> str:
    """Returns a document with its tables of these heads replaced by newer ones.

    Raises:
        ValueError: It has no such table.
    """
    for lines in made:
        if lines[0] not in document:
            raise ValueError(f"The document has no table that begins {lines[0]!r}.")
        before, _, rest = document.partition(lines[0])
        after = rest.splitlines(keepends=True)[1:]  # what is left of the head's line
        while after and after[0].startswith("|"):
            after.pop(0)
        document = before + "".join(f"{line}\n" for line in lines) + "".join(after)
    return document


def show(made: Sequence[Sequence[str]], path: Path) -> None:
    """Prints tables, or with `--write` puts them into the document at `path`.

    Raises:
        ValueError: It has no such table.
    """
    if "--write" in sys.argv[1:]:
        old = path.read_text(encoding="utf-8")
        path.write_text(written(old, made), encoding="utf-8")
    else:
        print("\n\n".join("\n".join(lines) for lines in made))  # noqa: T201
