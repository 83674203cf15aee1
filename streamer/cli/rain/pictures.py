"""Writes pictures in rain beside the dry ones, and the labels of a set untouched."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from evaluation.pictures import is_picture, read_picture
from evaluation.sets.clips import VIDEO_SUFFIXES
from evaluation.tasks.labels.pictures import DRY, LABEL_FOLDERS, RAINY, picture_root
from evaluation.tasks.rain import seed_of
from streamer.cli.rain.kinds import Rain
from streamer.cli.rain.manifest import Made, made_of


@dataclass(frozen=True, slots=True)
class Shower:
    """One kind of rain for a whole set."""

    rain: Rain
    seed: int
    night: bool


def rain_on_picture(
    path: Path, name: str, out: Path, shower: Shower, source: Path
) -> Made:
    """Writes `input/NAME.png` and `target/NAME`, which is a link where it can be.

    Args:
        path: The dry picture.
        name: Its path below the folder of pictures, without the suffix.
        out: The folder of both.
        shower: What is made.
        source: The folder that names in the manifest are relative to.

    Raises:
        EvaluationError: The picture cannot be read, or a file cannot be written.
    """
    picture = read_picture(path)
    seed = seed_of(shower.seed, name)
    rainy, dry = shower.rain.pair(picture, seed)
    wet = out / RAINY / f"{name}.png"
    _write(wet, rainy)
    if shower.night:
        kept = out / DRY / f"{name}.png"
        _write(kept, dry)
    else:
        kept = out / DRY / f"{name}{path.suffix}"
        link(path, kept)
    return made_of(
        path, wet, kept, source=source, out=out, kind=shower.rain.name, seed=seed
    )


def _write(path: Path, picture: RgbArray) -> None:
    done, data = cv2.imencode(".png", picture[..., ::-1])
    if not done:
        raise EvaluationError(f"{path} could not be encoded.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}.") from error


def link(path: Path, place: Path) -> None:
    """Puts a file at another place too: a hard link, or a copy on another disk.

    Raises:
        EvaluationError: Neither can be written.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path.resolve(), place)
        except OSError:
            shutil.copyfile(path, place)
    except OSError as error:
        raise EvaluationError(f"{place}: {error.strerror}.") from error


def keep_labels(source: Path, out: Path) -> int:
    """Links everything of a set that is no picture of it; returns how many files."""
    count = 0
    for path in _labels(source, out):
        link(path, out / path.relative_to(source))
        count += 1
    return count


def _labels(source: Path, out: Path) -> Iterator[Path]:
    root = picture_root(source)
    for path in sorted(source.rglob("*")):
        inside = out.resolve() in path.resolve().parents
        clip = path.suffix.lower() in VIDEO_SUFFIXES
        if not path.is_file() or inside or clip or path.name.startswith("."):
            continue
        beside = root not in path.parents or _is_mask(path.relative_to(root))
        if not is_picture(path) or beside:
            yield path


def _is_mask(path: Path) -> bool:
    return bool(LABEL_FOLDERS & set(path.parts[:-1]))
