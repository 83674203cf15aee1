"""What work in pieces costs, and what several jobs and nodes bring.

`python -m benchmarks.files.bench_pieces --json` writes benchmarks/results/pieces.json,
each part as soon as it is found, with its own commit; `--parts` chooses some, and what
was found of the others before stays in the file. All of it is made for 15 minutes on
two quiet cores, of which `film-copying` takes six; `--dry` is a try of seconds, and
wants `--to` if it is not to be the one in the file.
`python -m benchmarks.support.pieces_tables --write` puts it into docs/pieces.md.

- `film-copying`, `film-lite`: a film in one go and in pieces, in turns.
  `speed_of_one_go` is the speed in pieces over that in one go; the bars are 0.97 with a
  network that copies and 0.99 with mspfn-lite.
- `library-copying`, `library-lite`: short clips with `--jobs 1` and `2`, in turns.
- `nodes`: short clips with mspfn-lite on one and on two Ray nodes of a processor each,
  both on this machine; needs derain[ray].
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.support.live_parts import PassThrough
from benchmarks.support.measure import RESULTS, commit, document, save, spread
from benchmarks.support.pieces_parts import (
    OPTIONS,
    KeptOpen,
    Load,
    a_film,
    drawn,
    here,
    in_one_go,
    library,
    on_nodes,
)
from streamer.library.film import Film
from streamer.network.protocol import open_alone

BARS = {"copying": 0.97, "lite": 0.99}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is worked on; seconds are those of video."""

    size: tuple[int, int] = (640, 360)
    short_size: tuple[int, int] = (320, 180)
    """Of the clips that mspfn-lite derains."""
    drawn: int = 20
    copied_film: int = 600
    lite_film: int = 20
    copied_piece: int = 60
    lite_piece: int = 10
    clips: int = 20
    copied_clip: int = 2
    lite_clip: int = 1
    ray_clips: int = 12
    runs: int = 2


DRY = Sizes(
    size=(96, 64),
    short_size=(96, 64),
    drawn=2,
    copied_film=4,
    lite_film=2,
    copied_piece=1,
    lite_piece=1,
    clips=2,
    copied_clip=1,
    ray_clips=2,
    runs=1,
)


def _load(network: str) -> Load:
    return PassThrough if network == "copying" else lambda: open_alone(OPTIONS)


def film(network: str, sizes: Sizes, folder: Path) -> dict[str, Any]:
    """Compares a film in pieces with the film in one go, in turns."""
    copied = network == "copying"
    seconds = sizes.copied_film if copied else sizes.lite_film
    piece = sizes.copied_piece if copied else sizes.lite_piece
    once = min(sizes.drawn, piece)  # a key frame where a piece may begin
    source = folder / "film.mp4"
    drawn(source, once, sizes.size, times=seconds // once)
    films: list[Film] = []
    with closing(_load(network)()) as loaded:
        warm = drawn(folder / "warm.mp4", 1, sizes.size)
        in_one_go(warm, folder / "warm-out.mp4", KeptOpen(loaded))

        def one_go() -> float:
            return in_one_go(source, folder / "whole.mp4", KeptOpen(loaded))

        def in_parts() -> float:
            films.append(a_film(source, folder / "pieces.mp4", piece))
            return here(films[-1:], KeptOpen(loaded), 1)

        whole, cut = _in_turns(one_go, in_parts, sizes.runs)
    return {
        "size": sizes.size,
        "seconds_of_film": seconds,
        "pieces": films[-1].count,
        "one_go_seconds": spread(whole),
        "pieces_seconds": spread(cut),
        "speed_of_one_go": _speed(whole, cut),
        "bar": BARS[network],
    }


def _in_turns(
    one: Callable[[], float], other: Callable[[], float], runs: int
) -> tuple[list[float], list[float]]:
    """Runs two ways, each first in every second turn, so that drift meets both."""
    taken: dict[Callable[[], float], list[float]] = {one: [], other: []}
    for turn in range(runs):
        for way in (one, other) if turn % 2 == 0 else (other, one):
            taken[way].append(way())
    return taken[one], taken[other]


def jobs(network: str, sizes: Sizes, folder: Path) -> dict[str, Any]:
    """Compares one job with two on a library of short clips, in turns."""
    copied = network == "copying"
    seconds = sizes.copied_clip if copied else sizes.lite_clip
    size = sizes.size if copied else sizes.short_size
    clips = _clips(folder, sizes.clips, seconds, size)
    with closing(_load(network)()) as loaded:
        here(library(clips, folder / "out")[:1], KeptOpen(loaded), 1)  # warms up

        def with_jobs(count: int) -> float:
            films = library(clips, folder / "out")
            return here(films, KeptOpen(loaded), count)

        one, two = _in_turns(partial(with_jobs, 1), partial(with_jobs, 2), sizes.runs)
    return {
        "clips": sizes.clips,
        "size": size,
        "seconds_of_clip": seconds,
        "jobs_1_seconds": spread(one),
        "jobs_2_seconds": spread(two),
        "speed_of_jobs_1": _speed(one, two),
    }


def nodes(_network: str, sizes: Sizes, folder: Path) -> dict[str, Any]:
    """Compares two Ray nodes with one, both on this machine."""
    clips = _clips(folder, sizes.ray_clips, sizes.lite_clip, sizes.short_size)
    one, two = (on_nodes(n, clips, folder / "out", sizes.runs) for n in (1, 2))
    return {
        "clips": sizes.ray_clips,
        "size": sizes.short_size,
        "seconds_of_clip": sizes.lite_clip,
        "one_node_seconds": spread(one),
        "two_nodes_seconds": spread(two),
        "speed_of_one_node": _speed(one, two),
    }


def _speed(before: Sequence[float], after: Sequence[float]) -> Any:
    return spread([a / b for a, b in zip(before, after, strict=True)])


def _clips(folder: Path, count: int, seconds: int, size: tuple[int, int]) -> Path:
    clips = folder / "clips"
    clips.mkdir()
    for number in range(count):
        drawn(clips / f"{number:02d}.mp4", seconds, size)
    return clips


PARTS: Mapping[str, tuple[Callable[[str, Sizes, Path], dict[str, Any]], str]] = {
    "film-copying": (film, "copying"),
    "film-lite": (film, "lite"),
    "library-copying": (jobs, "copying"),
    "library-lite": (jobs, "lite"),
    "nodes": (nodes, "lite"),
}


def earlier(path: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the parts that were found before with the same network."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    same = settings.items() <= found.get("settings", {}).items()
    return dict(found["results"]) if same else {}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints; writes what each part found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--to", type=Path, default=RESULTS / "pieces.json")
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--runs", type=int, help="of each part; without it 2")
    asked = parser.parse_args(arguments)
    sizes = DRY if asked.dry else Sizes()
    sizes = replace(sizes, runs=asked.runs or sizes.runs)
    settings = {"model": OPTIONS.model, "dry": asked.dry}
    found = earlier(asked.to, settings)
    for name in asked.parts:
        measure, network = PARTS[name]
        with TemporaryDirectory(prefix="derain-") as folder:
            part = measure(network, sizes, Path(folder))
        found[name] = {"commit": commit(), **part}
        written = document("pieces", settings, found)
        print(name, json.dumps(written["results"][name], indent=1))  # noqa: T201
        if asked.json:
            save(written, asked.to)


if __name__ == "__main__":
    main()
