"""Finds the pictures of a labelled set, and matches them with labels by name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Generic, TypeVar

from evaluation.errors import EvaluationError
from evaluation.pictures import is_picture, natural_key
from sources.pictures.files import PICTURE_SUFFIXES

Label = TypeVar("Label")

RAINY, DRY = "input", "target"
"""Folders of a set that holds its pictures twice, as `derain rain` writes it."""
PICTURE_FOLDERS = ("images", "JPEGImages", "leftImg8bit")
LABEL_FOLDERS = frozenset(
    {
        *("labels", "masks", "annotations", "Annotations", "gtFine", "gt"),
        *("SegmentationClass", "SegmentationObject", "classes"),
    }
)
# What authors hang onto a picture's name in the names of its masks, and the other way.
_ENDINGS = re.compile(
    r"_(leftImg8bit|train_id|train_color|mask|label|L"
    r"|gt(Fine|Coarse)_(labelTrainIds|labelIds|instanceTrainIds|instanceIds|color))$"
)


def pictures_below(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """Returns the pictures of a set by name, and those that have another's name.

    Folders of labels are left out: masks are pictures too.
    """
    root = picture_root(folder)
    found = sorted(filter(is_picture, root.rglob("*")), key=natural_key)
    return named_once(
        root,
        (p for p in found if not LABEL_FOLDERS & set(p.relative_to(root).parts[:-1])),
    )


def named_once(root: Path, paths: Iterable[Path]) -> tuple[dict[str, Path], list[str]]:
    """Returns files by their path below `root` without the suffix.

    Of two that differ by the suffix alone the later one is taken, and said to be.
    """
    found: dict[str, Path] = {}
    problems: list[str] = []
    for path in paths:
        name = path.relative_to(root).with_suffix("").as_posix()
        if name in found:
            problems.append(
                f"{found[name]}: {path.name} has the same name, and is taken"
            )
        found[name] = path
    return found, problems


def picture_root(folder: Path) -> Path:
    """Returns where a set keeps its pictures."""
    for name in PICTURE_FOLDERS:
        if (folder / name).is_dir():
            return folder / name
    return folder


@dataclass(frozen=True, slots=True)
class Matched(Generic[Label]):
    """Labels by the picture's name, and what has no partner."""

    labels: dict[str, Label]
    without_label: list[str]
    without_picture: list[str]


def matched(pictures: Iterable[str], labels: Mapping[str, Label]) -> Matched[Label]:
    """Returns each picture's label: by its whole path, else by its name alone.

    A name alone counts only where one label has it.
    """
    by_name: dict[str, list[str]] = {}
    for key in labels:
        by_name.setdefault(_plain(key), []).append(key)
    found: dict[str, Label] = {}
    used: set[str] = set()
    missing: list[str] = []
    for name in pictures:
        candidates = [name] if name in labels else by_name.get(_plain(name), [])
        if len(candidates) == 1:
            found[name] = labels[candidates[0]]
            used.add(candidates[0])
        else:
            missing.append(name)
    return Matched(found, missing, [key for key in labels if key not in used])


def _plain(key: str) -> str:
    return _ENDINGS.sub("", PurePosixPath(key).name)


def listed(pictures: dict[str, Path], path: Path) -> tuple[dict[str, Path], list[str]]:
    """Returns the pictures that a list file names, and which of it are not there.

    The list holds a name a line, with or without folders and suffix.

    Raises:
        EvaluationError: The list cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} is no readable list: {error}.") from error
    by_name = {_plain(key): key for key in pictures}
    chosen: dict[str, Path] = {}
    problems: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        wanted = PurePosixPath(line)
        suffix = wanted.suffix.lower() in {*PICTURE_SUFFIXES, ".txt"}
        key = (wanted.with_suffix("") if suffix else wanted).as_posix()
        key = key if key in pictures else by_name.get(_plain(key), "")
        if key:
            chosen[key] = pictures[key]
        else:
            problems.append(f"{path} names {line}: no such picture")
    return chosen, problems
