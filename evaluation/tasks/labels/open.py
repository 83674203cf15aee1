"""Opens a labelled set: its pictures, its labels, and what does not fit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.pictures import PictureFile
from evaluation.tasks.labelled_set import LabelledSample, LabelledSet, Task
from evaluation.tasks.labels.find import FORMS, find_masks, find_objects
from evaluation.tasks.labels.masks import objects_of
from evaluation.tasks.labels.pictures import (
    DRY,
    RAINY,
    listed,
    matched,
    pictures_below,
)
from evaluation.tasks.labels.values import Objects

NAMED_SETS: Mapping[str, int] = {
    "COCO350": 350,
    "BDD350": 350,
    "BDD150": 150,
    "RID": 2495,
    "RIS": 2348,
}
"""Sets that papers name, and how many pictures they speak of. The lists of the first
three were never published."""
_NEVER_LISTED = "its authors never published which pictures it holds"
_TURNED = "RID"  # its phone pictures are labelled as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a labelled set is."""

    root: Path
    labels: Path | None = None
    """A label file, or a folder of them; None looks below `root`."""
    classes: Path | None = None
    """What a mask's values mean: `classes.toml`, or the name of a form."""
    listing: Path | None = None
    """A file that names the pictures to take; None takes all."""
    set_name: str = ""
    """One of `NAMED_SETS`; empty for a user's own."""


def open_labelled(where: Where, task: Task) -> LabelledSet:
    """Returns the set as found.

    Raises:
        EvaluationError: There are no pictures, no labels that fit the task, or no set
            of that name.
    """
    if not where.root.is_dir():
        raise EvaluationError(f"{where.root} is no folder.")
    if where.set_name and where.set_name not in NAMED_SETS:
        known = ", ".join(NAMED_SETS)
        raise EvaluationError(f"No set is named {where.set_name}; known: {known}.")
    samples, problems = _pictures(where)
    if not samples:
        raise EvaluationError(f"{where.root} holds no picture to look at.")
    notes = (
        (f"{where.set_name}: {_NEVER_LISTED}; these are the user's own choice.",)
        if where.set_name.startswith(("COCO", "BDD"))
        else ()
    )
    found = LabelledSet(
        name=where.set_name or where.root.resolve().name,
        root=str(where.root),
        task=task,
        classes=(),
        samples=tuple(samples.values()),
        expected=NAMED_SETS.get(where.set_name),
        problems=tuple(problems),
        notes=notes,
    )
    with_labels = _with_masks if task == "segmentation" else _with_objects
    return with_labels(found, samples, where)


def _pictures(where: Where) -> tuple[dict[str, LabelledSample], list[str]]:
    root = where.root
    twice = (root / RAINY).is_dir()
    rainy, problems = pictures_below(root / RAINY) if twice else ({}, [])
    dry_place = root / DRY if twice else root
    dry, more = pictures_below(dry_place) if dry_place.is_dir() else ({}, [])
    # Of a selection, what lies beside it is no matter.
    problems = [*problems, *more] if where.listing is None else []
    if rainy and dry:
        problems += [f"{dry[k]}: no rainy picture" for k in dry if k not in rainy]
        problems += [f"{rainy[k]}: no dry picture" for k in rainy if k not in dry]
    names = rainy or dry
    if where.listing is not None:
        names, missing = listed(names, where.listing)
        problems += missing
    exif = where.set_name == _TURNED
    samples = {
        name: LabelledSample(
            name=name,
            dry=PictureFile(path=dry[name], exif=exif) if name in dry else None,
            rainy=PictureFile(path=rainy[name], exif=exif) if name in rainy else None,
        )
        for name in names
    }
    return samples, problems


def _with_objects(
    found: LabelledSet, samples: dict[str, LabelledSample], where: Where
) -> LabelledSet:
    labels = find_objects(where.root, where.labels)
    if labels is None:
        return _with_regions(found, samples, where)
    pairs = matched(samples, labels.objects)
    if not pairs.labels:
        raise EvaluationError(
            f"None of the {len(samples)} pictures of {where.root} has a label among "
            f"{len(labels.objects)} of the form {labels.form}."
        )
    # Of a selection, the labels of all else are no surprise.
    lone = [] if where.listing else pairs.without_picture
    return replace(
        found,
        classes=labels.classes,
        samples=tuple(
            replace(samples[name], objects=own) for name, own in pairs.labels.items()
        ),
        problems=(
            *found.problems,
            *labels.problems,
            *(f"{name}: no label" for name in pairs.without_label),
            *(f"{name}: a label without a picture" for name in lone),
        ),
        notes=(*found.notes, f"labels: {labels.form}"),
    )


def _with_regions(
    found: LabelledSet, samples: dict[str, LabelledSample], where: Where
) -> LabelledSet:
    """Takes boxes round the regions of masks, where a set has nothing better."""
    masked = _with_masks(found, samples, where, objects=True)
    things = masked.samples[0].mask.classes.things if masked.samples[0].mask else ()
    if not things:
        raise EvaluationError(
            f"{where.root} has masks alone; detection needs `things` in its classes."
        )
    kept: list[LabelledSample] = []
    problems = list(masked.problems)
    for sample in masked.samples:
        try:
            kept.append(replace(sample, objects=_regions(sample)))
        except EvaluationError as error:
            problems.append(str(error))
    note = "boxes are drawn round regions of the masks: objects that touch are one"
    if masked.samples[0].mask and masked.samples[0].mask.classes.divisor:
        note += ", but where the masks number them"
    return replace(
        masked,
        classes=things,
        samples=tuple(kept),
        problems=tuple(problems),
        notes=(*masked.notes, note),
    )


def _regions(sample: LabelledSample) -> Objects:
    if sample.mask is None:
        raise EvaluationError(f"{sample.name}: no mask.")
    return objects_of(sample.mask)


def _with_masks(
    found: LabelledSet,
    samples: dict[str, LabelledSample],
    where: Where,
    *,
    objects: bool = False,
) -> LabelledSet:
    masks = find_masks(where.root, where.labels, where.classes, objects=objects)
    if masks is None:
        raise EvaluationError(f"{where.root} holds no labels; expected {FORMS}.")
    meaning, files = masks
    pairs = matched(samples, files)
    if not pairs.labels:
        raise EvaluationError(
            f"None of the {len(samples)} pictures of {where.root} has a mask among "
            f"{len(files)}."
        )
    lone = [] if where.listing else pairs.without_picture
    return replace(
        found,
        classes=meaning.names,
        samples=tuple(
            replace(samples[name], mask=own) for name, own in pairs.labels.items()
        ),
        problems=(
            *found.problems,
            *(f"{name}: no mask" for name in pairs.without_label),
            *(f"{files[name].path}: a mask without a picture" for name in lone),
        ),
    )
