"""The tables of docs/pieces.md that come from pieces.json.

`python -m benchmarks.support.pieces_tables` prints them, `--write` puts them into the
document; a test holds the document to them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.support.measure import PROJECT, RESULTS
from benchmarks.support.tables.document import head, line, show

DOCUMENT = PROJECT / "docs" / "pieces.md"
_NETWORKS = {"copying": "a network that copies", "lite": "mspfn-lite"}
_FILM_HEAD = ("a film in pieces", "pieces", "one go", "in pieces", "speed", "bar", "at")
_OTHER_HEAD = ("short clips", "one", "two", "speed of two", "at")

Found = Mapping[str, Any]


def films(results: Found) -> Iterator[str]:
    """Yields the table of a film in pieces against the film in one go."""
    yield from head(_FILM_HEAD)
    for name, network in _NETWORKS.items():
        if found := results.get(f"film-{name}"):
            yield line(
                f"{found['seconds_of_film']} s of {_size(found)}, {network}",
                str(found["pieces"]),
                _seconds(found["one_go_seconds"]),
                _seconds(found["pieces_seconds"]),
                _ratio(found["speed_of_one_go"]),
                str(found["bar"]),
                found["commit"],
            )


def others(results: Found) -> Iterator[str]:
    """Yields the table of two jobs against one, and of two nodes against one."""
    parts = {
        f"library-{name}": (f"{network}, `--jobs 1` and `2`", "jobs_1", "jobs_2")
        for name, network in _NETWORKS.items()
    }
    ray = "mspfn-lite, Ray nodes of a processor each"
    parts["nodes"] = (ray, "one_node", "two_nodes")
    rows = [(results[name], *row) for name, row in parts.items() if name in results]
    yield from head(_OTHER_HEAD)
    for found, what, one, two in rows:
        yield line(
            f"{found['clips']} of {found['seconds_of_clip']} s, {_size(found)}, {what}",
            _seconds(found[f"{one}_seconds"]),
            _seconds(found[f"{two}_seconds"]),
            _ratio(found[f"speed_of_{one}"]),
            found["commit"],
        )


def tables(folder: Path) -> Iterator[Sequence[str]]:
    """Yields the lines of each table."""
    path = folder / "pieces.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    for table in (films, others):
        yield list(table(results))


def _size(found: Found) -> str:
    width, height = found["size"]
    return f"{width}x{height}"


def _seconds(spread: Found) -> str:
    return f"{spread['median']:.1f} s"


def _ratio(spread: Found) -> str:
    """Shows the middle, and how far the turns lie apart."""
    low, high = spread["lowest"], spread["highest"]
    return f"{spread['median']:.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    show(list(tables(RESULTS)), DOCUMENT)
