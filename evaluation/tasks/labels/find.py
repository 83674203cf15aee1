"""Finds which form of labels a set has, and reads it."""

from collections.abc import Iterator
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.pictures import is_picture, natural_key
from evaluation.tasks.labels.classes import FORMS as MASK_FORMS
from evaluation.tasks.labels.classes import MaskClasses, read_classes
from evaluation.tasks.labels.json_objects import read_json_objects
from evaluation.tasks.labels.masks import MaskFile
from evaluation.tasks.labels.pictures import DRY, LABEL_FOLDERS, RAINY
from evaluation.tasks.labels.text_objects import (
    names_file,
    read_voc_files,
    read_yolo_files,
)
from evaluation.tasks.labels.values import LabelFile

FORMS = "COCO JSON, BDD100K JSON, Pascal VOC XML, YOLO text with names, masks"
_NOT_LABELS = (
    *("captions_", "person_keypoints_", "panoptic_", "stuff_", "image_info_"),
    "manifest",
)
"""How other JSON files of COCO's annotations begin, and that of `derain rain`."""


def find_objects(root: Path, given: Path | None) -> LabelFile | None:
    """Returns the object labels of a set; None if it has none but, maybe, masks.

    Args:
        root: The set.
        given: The user's own word: a file, or a folder of files.

    Raises:
        EvaluationError: Labels are there and cannot be read.
    """
    place = given or root
    if place.is_file():
        return read_json_objects([place])
    if not place.is_dir():
        raise EvaluationError(f"{place} does not exist.")
    for found in (_json, _voc, _yolo):
        labels = found(place)
        if labels is not None:
            return labels
    return None


def _json(place: Path) -> LabelFile | None:
    paths = [
        path
        for path in _below(place, ".json")
        if not path.name.startswith(_NOT_LABELS) and "polygons" not in path.name
    ]
    return read_json_objects(paths) if paths else None


def _voc(place: Path) -> LabelFile | None:
    paths = list(_below(place, ".xml"))
    return read_voc_files(place, paths) if paths else None


def _yolo(place: Path) -> LabelFile | None:
    folder = place / "labels" if (place / "labels").is_dir() else place
    paths = [path for path in _below(folder, ".txt") if _has_boxes(path)]
    if not paths:
        return None
    names = names_file(folder, folder.parent, place)
    if names is None:
        raise EvaluationError(
            f"{folder} holds YOLO labels, but no names: expected *.names, classes.txt "
            f"or data.yaml in it or in {folder.parent}."
        )
    return read_yolo_files(folder, paths, names)


def _has_boxes(path: Path) -> bool:
    """An empty file is a picture without objects; names and lists are no labels."""
    if path.name in ("classes.txt", "names.txt"):
        return False
    first = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
    parts = first.split()
    return not parts or (len(parts) >= 5 and parts[0].isdigit())


def _below(place: Path, suffix: str) -> Iterator[Path]:
    for path in sorted(place.rglob(f"*{suffix}"), key=natural_key):
        first = path.relative_to(place).parts[0]
        if first not in (RAINY, DRY) and not path.name.startswith("."):
            yield path


def find_masks(
    root: Path, given: Path | None, classes: Path | None, *, objects: bool = False
) -> tuple[MaskClasses, dict[str, MaskFile]] | None:
    """Returns the masks of a set by name, and what their values mean.

    Args:
        root: The set.
        given: The user's own word on where they are.
        classes: A `classes.toml`, or the name of a form; None looks for the file.
        objects: Whether masks of single objects are wanted, where there are some.

    Raises:
        EvaluationError: Masks are there, but not what they mean, or of another form.
    """
    folder = given or _mask_folder(root)
    if folder is None or not folder.is_dir():
        return None
    paths = sorted(filter(is_picture, folder.rglob("*")), key=natural_key)
    if not paths:
        return None
    meaning = read_classes(classes or _classes_file(root, folder))
    return meaning, {
        path.relative_to(folder).with_suffix("").as_posix(): MaskFile(path, meaning)
        for path in _of_form(paths, meaning, objects=objects)
    }


def _of_form(paths: list[Path], meaning: MaskClasses, *, objects: bool) -> list[Path]:
    """Returns the masks of the wanted kind, of those that a set keeps of a picture."""
    for ending in reversed(meaning.endings) if objects else meaning.endings:
        own = [path for path in paths if path.stem.endswith(ending)]
        if own:
            return own
    others = {e for form in MASK_FORMS.values() for e in form.endings}
    for path in paths if meaning.endings else ():
        if path.stem.endswith(tuple(others)):
            raise EvaluationError(
                f"{path} is of another form than the classes, whose masks end in "
                f"{' or '.join(meaning.endings)}: is it cityscapes or cityscapes-train?"
            )
    return paths


def _classes_file(root: Path, folder: Path) -> Path:
    for place in (root, folder):
        if (place / "classes.toml").is_file():
            return place / "classes.toml"
    raise EvaluationError(
        f"{folder} holds masks, but nothing says what their values mean: expected "
        f"classes.toml in it or in {root}, or --classes."
    )


def _mask_folder(root: Path) -> Path | None:
    for name in ("labels/sem_seg/masks", *sorted(LABEL_FOLDERS)):
        folder = root / name
        if folder.is_dir() and any(map(is_picture, folder.rglob("*"))):
            return folder
    return None
