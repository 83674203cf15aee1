"""Object boxes in a file for each picture: YOLO's text, and Pascal VOC's XML."""

import re
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.sets.voc import read_voc
from evaluation.tasks.labels.values import Instance, LabelFile, Objects

_TRIANGLE = 6
"""Numbers of the shortest outline."""
_NAME_FILES = ("*.names", "classes.txt", "names.txt", "data.yaml", "*.yaml", "*.yml")


def read_voc_files(folder: Path, paths: Iterable[Path]) -> LabelFile:
    """Returns the labels of Pascal VOC XML files; what cannot be read is named."""
    objects: dict[str, Objects] = {}
    problems: list[str] = []
    for path in paths:
        try:
            labels = read_voc(path)
        except EvaluationError as error:
            problems.append(str(error))
            continue
        instances = tuple(
            Instance(
                label=found.label,
                box=(found.left, found.top, found.right, found.bottom),
                ignore=found.difficult,
            )
            for found in labels.objects
        )
        # Some programs write a size of 0: the boxes are of the picture's own pixels.
        known = labels.width > 0 and labels.height > 0
        size = (float(labels.width), float(labels.height)) if known else None
        objects[_key(folder, path)] = Objects(instances=instances, size=size)
    return _file("Pascal VOC", objects, problems)


def read_yolo_files(folder: Path, paths: Iterable[Path], names: Path) -> LabelFile:
    """Returns the labels of YOLO text files.

    A line is `class centre_x centre_y width height`, or `class x y x y x y ...`, the
    outline of a segment.

    Args:
        folder: The folder that the files' names are relative to.
        paths: The files.
        names: Darknet's `.names`, a `classes.txt`, or ultralytics' `data.yaml`.

    Raises:
        EvaluationError: There are no names.
    """
    classes = read_names(names)
    objects: dict[str, Objects] = {}
    problems: list[str] = []
    for path in paths:
        instances: list[Instance] = []
        for number, line in enumerate(_lines(path), 1):
            try:
                instances.append(_yolo_instance(line, classes))
            except (ValueError, IndexError) as error:
                problems.append(f"{path}, line {number}: {error}")
        # Shares of the picture: a size of 1 x 1.
        own = Objects(instances=tuple(instances), size=(1.0, 1.0))
        objects[_key(folder, path)] = own
    return LabelFile(
        form="YOLO", classes=classes, objects=objects, problems=tuple(problems)
    )


def names_file(*folders: Path) -> Path | None:
    """Returns the file of class names that lies in one of these folders."""
    for folder in folders:
        for pattern in _NAME_FILES:
            for path in sorted(folder.glob(pattern)):
                return path
    return None


def read_names(path: Path) -> tuple[str, ...]:
    """Returns class names in the order of their numbers.

    Raises:
        EvaluationError: The file is missing or names nothing.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} holds no class names: {error}.") from error
    if path.suffix in (".yaml", ".yml"):
        found = _yaml_names(text)
    else:
        found = [line.strip() for line in text.splitlines() if line.strip()]
    if not found:
        raise EvaluationError(f"{path} holds no class names, one a line or `names:`.")
    return tuple(found)


def _yaml_names(text: str) -> list[str]:
    """Reads `names: [a, b]`, `names: {0: a}`, and `- a` or `0: a` below `names:`."""
    plain = "\n".join(re.sub(r"(^|\s)#.*$", "", line) for line in text.splitlines())
    inline = re.search(r"^names:\s*[\[{](.*?)[\]}]", plain, re.MULTILINE | re.DOTALL)
    if inline:
        parts = [part.strip() for part in inline[1].split(",")]
    else:
        block = re.search(r"^names:\s*\n((?:\s*\n|\s+.+\n?|-.+\n?)+)", plain, re.M)
        lines = block[1].splitlines() if block else []
        parts = [line.strip().removeprefix("- ") for line in lines]
    pairs = [re.fullmatch(r"(?:(\d+)\s*:\s*)?(.+)", part) for part in parts if part]
    named = [(int(m[1] or place), m[2]) for place, m in enumerate(filter(None, pairs))]
    return [name.strip(" '\"") for _, name in sorted(named, key=itemgetter(0))]


def _yolo_instance(line: str, classes: tuple[str, ...]) -> Instance:
    """Reads a box, with a confidence or without, or an outline of points x y."""
    parts = line.split()
    number, *shares = int(parts[0]), *map(float, parts[1:])
    is_outline = len(shares) >= _TRIANGLE and len(shares) % 2 == 0
    if len(shares) not in (4, 5) and not is_outline:
        raise ValueError(
            "expected class, centre x, centre y, width, height, or class and the "
            f"points x y of an outline, got {line!r:.80}"
        )
    if not 0 <= number < len(classes):
        raise ValueError(f"class {number} has no name; there are {len(classes)}")
    if is_outline:
        box = (min(shares[::2]), min(shares[1::2]), max(shares[::2]), max(shares[1::2]))
        return Instance(label=classes[number], box=box, outline=[shares])
    x, y, width, height = shares[:4]
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return Instance(label=classes[number], box=box)


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return [line for line in text.splitlines() if line.strip()]


def _file(form: str, objects: dict[str, Objects], problems: list[str]) -> LabelFile:
    labels = (i.label for own in objects.values() for i in own.instances)
    return LabelFile(
        form=form,
        classes=tuple(dict.fromkeys(labels)),
        objects=objects,
        problems=tuple(problems),
    )


def _key(folder: Path, path: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()
