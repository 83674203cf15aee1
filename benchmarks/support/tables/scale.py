"""The tables of docs/scale.md, from what was measured of one machine each.

`python -m benchmarks.support.tables.scale` prints them, `--write` puts them into the
document, and a test holds the document to them and what it says beside them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from benchmarks.support.measure import PROJECT, RESULTS
from benchmarks.support.tables.document import head, line, show

DOCUMENT = PROJECT / "docs" / "scale.md"
RATE = 25
CAMERAS, HOURS, GPUS = 1_000, 100_000, 100
_SIZES = ("320x180", "640x360", "1280x720")
_SMALL = (("640x360", 25), ("640x360", 10))
_CAPACITY_HEAD = (
    "two cores, mspfn-lite, int8, pictures a second",
    *_SIZES,
    "from",
)
_CAMERA_HEAD = (
    "picture, rate",
    "on",
    "pictures a second",
    "cameras each",
    "machines",
    "and 10 % to spare",
)
_ARCHIVE_HEAD = (
    "bound by",
    "pictures a second",
    "hours a day",
    "100,000 hours",
    "on 100 of them",
)
_RESULTS = "../benchmarks/results"

H100 = {"1920x1080": 51.7, "1280x720": 105.7, "640x360": 277.0}
"""Pictures a second of mspfn-lite alone, in fp16, as a graph: docs/gpu.md. No file of
results is there of the lent card; nor of the two below, with the start included."""
H100_TO_MP4 = 66.3


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a machine was measured to do, in pictures a second."""

    what: str
    per_second: float

    @property
    def hours_a_day(self) -> float:
        """Hours of film, at 25 pictures a second, that it makes in a day."""
        return self.per_second * 24 / RATE

    @property
    def days(self) -> float:
        """That it takes for all of the archive."""
        return HOURS / self.hours_a_day


def processors(folder: Path) -> Mapping[str, Mapping[str, float]]:
    """Returns pictures a second of two cores, by file of results and size.

    Raises:
        KeyError: A figure is not in its file.
    """
    alone = _read(folder, "cpu")["results"]["precisions"]
    whole = [e for e in _read(folder, "bench")["end_to_end"] if _is_whole(e)]
    film = _read(folder, "pieces")["results"]["film-lite"]
    pictures = film["seconds_of_film"] * RATE
    return {
        "cpu": {size: 1000 / alone[size]["ms"]["int8"]["median"] for size in _SIZES},
        "bench": {f"{e['width']}x{e['height']}": e["fps"] for e in whole},
        "pieces": {_size(film): pictures / film["pieces_seconds"]["median"]},
    }


def _read(folder: Path, name: str) -> Mapping[str, Any]:
    text = (folder / f"{name}.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _is_whole(entry: Mapping[str, Any]) -> bool:
    return bool(entry["way"] == "file to file" and entry["precision"] == "int8")


def _size(found: Mapping[str, Any]) -> str:
    width, height = found["size"]
    return f"{width}x{height}"


def capacities(folder: Path) -> Iterator[str]:
    """Yields what two cores do, a line for each file of results."""
    yield from head(_CAPACITY_HEAD)
    ways = {
        "cpu": "the network alone",
        "bench": "a short clip, file to file",
        "pieces": "a film in pieces",
    }
    found = processors(folder)
    for name, way in ways.items():
        figures = [found[name].get(size) for size in _SIZES]
        cells = ["" if figure is None else f"{figure:.1f}" for figure in figures]
        yield line(way, *cells, f"[{name}.json]({_RESULTS}/{name}.json)")


def cameras(folder: Path) -> Iterator[str]:
    """Yields how many machines the cameras take, by size and rate of the pictures."""
    yield from head(_CAMERA_HEAD)
    for size, rate in (("1920x1080", 25), ("1280x720", 25), *_SMALL):
        yield _camera_row(size, rate, "an H100", H100[size])
    whole = processors(folder)["bench"]
    for size, rate in (("320x180", 10), ("640x360", 5)):
        yield _camera_row(size, rate, "two cores", whole[size])


def _camera_row(size: str, rate: int, machine: str, per_second: float) -> str:
    each = int(per_second // rate)
    count = ceil(CAMERAS / each) if each else 0
    counts = (str(each), f"{count:,}", f"{ceil(count * 11 / 10):,}")
    shown = counts if each else ("none", "", "")
    return line(f"{size}, {rate}", machine, f"{per_second:.1f}", *shown)


def archive(folder: Path) -> Iterator[str]:
    """Yields how long the archive takes, by what it is bound by."""
    in_pieces = processors(folder)["pieces"]["640x360"]
    yield from head(_ARCHIVE_HEAD)
    for capacity in (*on_gpu(), Capacity("two cores, 640x360, in pieces", in_pieces)):
        yield line(
            capacity.what,
            f"{capacity.per_second:.1f}",
            f"{capacity.hours_a_day:.1f}",
            f"{capacity.days:,.0f} days",
            f"{capacity.days / GPUS:,.0f} days",
        )


def on_gpu() -> tuple[Capacity, Capacity]:
    """Returns what bounds the archive on GPUs: the network, and all of a run."""
    return (
        Capacity("an H100, 720p: the network", H100["1280x720"]),
        Capacity("an H100, 720p: a whole run to MP4, loading included", H100_TO_MP4),
    )


def tables(folder: Path) -> Iterator[Sequence[str]]:
    """Yields the lines of each table."""
    for table in (capacities, cameras, archive):
        yield list(table(folder))


if __name__ == "__main__":
    show(list(tables(RESULTS)), DOCUMENT)
