"""What a network does with every kind of rain, and with what is no rain.

`python -m benchmarks.quality.rain_kinds data --json` makes each kind of rain on the
pictures of `data/val`, takes it out again, and measures beside it what must stay (drawn
thin things, dry and in rain), the dry pictures themselves and real pairs
(`data/gt_rain_dev`). Luma PSNR in dB; a kind whose data are not there is named and left
out. The rain is the same at each call; figures follow from the weights alone.
"""

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.quality.sets import measured
from benchmarks.support.measure import RESULTS, document, save
from benchmarks.support.tables.quality import table_row
from evaluation.errors import EvaluationError
from evaluation.evaluate import Plan
from evaluation.pictures import picture_files
from evaluation.scores import MethodResult
from evaluation.sets import thin_things
from streamer.cli.rain.kinds import rain_kind
from streamer.cli.rain.pictures import Shower, rain_on_picture

Figures = dict[str, dict[str, float]]
"""By the row's name: its mean, and how many pictures were equal to their truth."""
_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row of made rain."""

    name: str
    of: str
    """The kind, as `derain rain --kind` knows it."""
    veil: bool = False
    night: bool = False


KINDS = (
    Kind(name="heavy: dense, many directions (Rain100H)", of="heavy"),
    Kind(name="light: sparse, one direction (Rain100L)", of="light"),
    Kind(name="wide, with a veil (as Rain1200)", of="wide", veil=True),
    Kind(name="short dashes of a fast shutter", of="short"),
    Kind(name="bold: few, thin, bright (NTURain)", of="bold"),
    Kind(name="far: haze of tiny streaks, with a veil", of="far", veil=True),
    Kind(name="drops near the lens, out of focus", of="drops"),
    Kind(name="heavy at night", of="heavy", night=True),
    Kind(name="light at night", of="light", night=True),
    Kind(name="a moment of falling rain", of="falling:0.6"),
    Kind(name="a moment of a downpour", of="falling:1.0"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A set to be scored, and how its pictures become rows."""

    name: str
    root: Path
    set_name: str = "pairs"
    metric: str = "psnr"
    only: str = ""
    """Pictures whose names end so; empty: all."""


_STAY = Part(name="", root=Path(), set_name="stay", metric="psnr-stay")
_REAL = Part(
    name="real rain (GT-RAIN)", root=Path(), set_name="GT-RAIN", metric="psnr-fit"
)


def made_rain(kind: Kind, pictures: Sequence[Path], folder: Path) -> Path:
    """Returns `folder`, which now has the pictures in rain and dry."""
    shower = Shower(
        rain_kind(kind.of, veil=kind.veil, night=kind.night), _SEED, kind.night
    )
    for path in pictures:
        rain_on_picture(path, path.stem, folder, shower, path.parent)
    return folder


def parts_of(data: Path, folder: Path) -> tuple[list[Part], list[str]]:
    """Makes what has to be made, and returns what can be scored and what is lacking.

    Args:
        data: The folder of the development sets.
        folder: Where rain and scenes are written.
    """
    parts, lacking = [], []
    pictures = picture_files(data / "val") if (data / "val").is_dir() else []
    if not pictures:
        lacking.append(f"made rain: {data / 'val'} holds no picture")
    for place, kind in enumerate(_kinds(data) if pictures else ()):
        root = folder / str(place)
        parts.append(Part(name=kind.name, root=made_rain(kind, pictures, root)))
    stay = folder / "stay"
    thin_things.write(stay)
    for how, only in (("in rain", "-rain"), ("dry", "-dry")):
        name = f"what must stay, {how}"
        parts.append(replace(_STAY, name=name, root=stay, only=only))
    real = data / "gt_rain_dev"
    if real.is_dir():
        parts.append(replace(_REAL, root=real))
    else:
        lacking.append(f"real rain: {real} is not there")
    if pictures:
        parts.append(Part(name="dry pictures", root=data / "val", set_name="clean"))
    return parts, lacking


def _kinds(data: Path) -> Sequence[Kind]:
    layers = data / "train" / "streaks_garg06"
    rendered = Kind(name="rendered layers (Garg and Nayar)", of=f"layers:{layers}")
    return (*KINDS, rendered) if layers.is_dir() else KINDS


def figures(part: Part, models: Sequence[str], precisions: Sequence[str]) -> Figures:
    """Returns the mean of each row over the pictures of the part, in dB.

    Pictures equal to their truth are left out and counted.
    """
    plan = Plan(
        set_name=part.set_name,
        root=str(part.root),
        models=tuple(models),
        metrics=(part.metric,),
        precisions=tuple(precisions),
    )
    return {result.name: _figure(result, part) for result in measured(plan).results}


def _figure(result: MethodResult, part: Part) -> dict[str, float]:
    values = [
        score.values[part.metric]
        for score in result.scores
        if Path(score.sample).stem.endswith(part.only)
    ]
    finite = [value for value in values if math.isfinite(value)]
    same = {"equal_to_the_truth": len(values) - len(finite)}
    return {
        **({"db": round(float(np.mean(finite)), 2)} if finite else {}),
        **(same if len(finite) < len(values) else {}),
    }


def as_markdown(found: Mapping[str, Figures]) -> str:
    """Returns a row for each kind, a column for the input and each network."""
    columns = list(dict.fromkeys(name for row in found.values() for name in row))
    lines = [table_row("", *columns), table_row(*["---"] * (1 + len(columns)))]
    lines += [
        table_row(kind, *(_cell(row.get(column, {})) for column in columns))
        for kind, row in found.items()
    ]
    return "\n".join(lines)


def _cell(figure: Mapping[str, float]) -> str:
    if "db" in figure:
        return f"{figure['db']:.2f}"
    return "as it was" if "equal_to_the_truth" in figure else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures every kind, prints the table, and returns the status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds the sets")
    parser.add_argument("--models", default="mspfn-lite")
    parser.add_argument("--precisions", default="fp32,int8")
    parser.add_argument("--json", action="store_true", help="write rain_kinds.json")
    asked = parser.parse_args(arguments)
    models, precisions = asked.models.split(","), asked.precisions.split(",")
    with TemporaryDirectory(prefix="rain-kinds-") as folder:
        try:
            parts, lacking = parts_of(asked.data, Path(folder))
            found = {part.name: figures(part, models, precisions) for part in parts}
        except EvaluationError as error:
            sys.stderr.write(f"rain_kinds: {error}\n")
            return 1
    sys.stdout.write(f"{as_markdown(found)}\n")
    for line in lacking:
        sys.stderr.write(f"rain_kinds: not measured: {line}\n")
    if asked.json:
        settings = {"models": models, "precisions": precisions, "seed": _SEED}
        made = document("rain_kinds", settings, {"psnr": found, "lacking": lacking})
        save(made, RESULTS / "rain_kinds.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
