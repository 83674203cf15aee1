"""Object boxes in JSON: COCO's form, and the two forms of BDD100K.

Lin et al., "Microsoft COCO", ECCV 2014, arXiv:1405.0312; Yu et al., "BDD100K", CVPR
2020, arXiv:1805.04687.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.values import Instance, LabelFile, Objects, Sides

_STRANGE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What comes of a file in another form, or in none: nothing of it was promised."""


def read_json_objects(paths: Iterable[Path]) -> LabelFile:
    """Returns the labels of one or more JSON files, whichever form each has.

    A file that cannot be read is named among the problems where another can.

    Raises:
        EvaluationError: No file is JSON of one of the forms.
    """
    files: list[LabelFile] = []
    strange: list[EvaluationError] = []
    for path in paths:
        try:
            files.append(_read(path))
        except EvaluationError as error:
            strange.append(error)
    if not files:
        raise strange[0]
    objects: dict[str, Objects] = {}
    classes: dict[str, None] = {}
    for file in files:
        objects |= file.objects
        classes |= dict.fromkeys(file.classes)
    return LabelFile(
        form=files[0].form,
        classes=tuple(classes),
        objects=objects,
        problems=(
            *(p for file in files for p in file.problems),
            *map(str, strange),
        ),
    )


def _read(path: Path) -> LabelFile:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, dict) and "annotations" in data:
            return _coco(path, data)
        return _bdd(path, data)
    except _STRANGE as error:
        raise EvaluationError(
            f"{path} is no readable label file: expected COCO's images, annotations "
            f"and categories, or BDD100K's frames; got {type(error).__name__}: {error}."
        ) from error


def _coco(path: Path, data: Mapping[str, Any]) -> LabelFile:
    names = {entry["id"]: str(entry["name"]) for entry in data["categories"]}
    images = {image["id"]: image for image in data["images"]}
    found: dict[Any, list[Instance]] = {number: [] for number in images}
    problems: list[str] = []
    for entry in data["annotations"]:
        if entry["image_id"] not in images:
            problems.append(
                f"{path}: annotation {entry.get('id')} is of image "
                f"{entry['image_id']}, which is not listed"
            )
        elif entry["category_id"] not in names:
            problems.append(
                f"{path}: annotation {entry.get('id')} has category "
                f"{entry['category_id']}, which is not listed"
            )
        else:
            found[entry["image_id"]].append(_coco_instance(entry, names))
    objects = {
        key_of(image["file_name"]): Objects(
            instances=tuple(found[number]),
            size=_size_of(image),
        )
        for number, image in images.items()
    }
    return LabelFile(
        form="COCO",
        classes=tuple(names.values()),
        objects=objects,
        problems=tuple(problems),
    )


def _size_of(image: Mapping[str, Any]) -> tuple[float, float] | None:
    """Returns the size that boxes count in; None, the picture's own, without one."""
    if not image.get("width") or not image.get("height"):
        return None
    return float(image["width"]), float(image["height"])


def _coco_instance(entry: Mapping[str, Any], names: Mapping[Any, str]) -> Instance:
    left, top, width, height = map(float, entry["bbox"])
    return Instance(
        label=names[entry["category_id"]],
        box=(left, top, left + width, top + height),
        ignore=bool(entry.get("iscrowd", 0)),
        outline=entry.get("segmentation") or None,
    )


def _bdd(path: Path, data: Any) -> LabelFile:
    """Takes a list of frames, Scalabel's `frames`, and a file for each picture."""
    frames = data
    if isinstance(data, dict):
        frames = data["frames"] if "name" not in data else [data]
    strange = [frame for frame in frames if not isinstance(frame, dict)]
    if strange:
        raise TypeError(f"a frame is {strange[0]!r:.40}")
    objects = {
        key_of(frame.get("name") or path.stem): Objects(
            instances=tuple(_bdd_instances(frame))
        )
        for frame in frames
    }
    labels = (i.label for own in objects.values() for i in own.instances)
    return LabelFile(
        form="BDD100K", classes=tuple(dict.fromkeys(labels)), objects=objects
    )


def _bdd_instances(frame: Mapping[str, Any]) -> Iterable[Instance]:
    entries = frame.get("labels")
    if entries is None:  # a file for each picture: its only frame holds the objects
        entries = [o for inner in frame.get("frames", ()) for o in inner["objects"]]
    for entry in entries:
        if entry.get("box2d"):  # lanes and drivable areas have none
            yield Instance(
                label=str(entry["category"]),
                box=_corners(entry["box2d"]),
                ignore=_is_crowd(entry),
            )


def _is_crowd(entry: Mapping[str, Any]) -> bool:
    """Says whether Scalabel calls an object a crowd, or asks to leave it out."""
    attributes = entry.get("attributes") or {}
    told = (attributes.get(n) for n in ("crowd", "ignored", "iscrowd"))
    return any(value in (True, 1, "true", "True") for value in told)


def _corners(box: Mapping[str, float]) -> Sides:
    return (float(box["x1"]), float(box["y1"]), float(box["x2"]), float(box["y2"]))


def key_of(name: str) -> str:
    """Returns a picture's name as labels are found by: its path without the suffix."""
    return PurePosixPath(name.replace("\\", "/")).with_suffix("").as_posix()
