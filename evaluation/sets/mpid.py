"""RID and RIS of the MPID release: rain as cars and cameras see it, with object boxes.

Li et al., "Single Image Deraining: A Comprehensive Benchmark Analysis", CVPR 2019,
arXiv:1903.08558. Pictures and labels (Pascal VOC XML) may lie anywhere below the root.

Its traps, from the authors' tracker: RID's phone pictures are labelled as shown, after
the turn that EXIF asks for (issues 8 and 15); RIS's boxes are in the size that the XML
says, not in the picture's (issue 13); some labels have no picture (issue 15); the paper
misprints which model is meant for which set (issue 2).
"""

from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.pictures import PictureFile, is_picture, natural_key
from evaluation.sets.testset import Box, Sample, TestSet
from evaluation.sets.voc import read_voc


def open_rid(root: Path) -> TestSet:
    """Returns Rain In Driving: 2495 pictures; streaks and drops on the lens.

    Raises:
        EvaluationError: There is no picture.
    """
    note = "Judge it with a model for streaks and drops: the authors' correction."
    return _opened(root, "RID", 2495, note, exif=True)


def open_ris(root: Path) -> TestSet:
    """Returns Rain In Surveillance: 2348 pictures; streaks and mist.

    Raises:
        EvaluationError: There is no picture.
    """
    note = "Judge it with a model for streaks and mist: the authors' correction."
    return _opened(root, "RIS", 2348, note, exif=False)


def _opened(root: Path, name: str, expected: int, note: str, *, exif: bool) -> TestSet:
    place = root / name if (root / name).is_dir() else root
    paths = sorted(filter(is_picture, place.rglob("*")), key=natural_key)
    if not paths:
        raise EvaluationError(f"{place} holds no picture of {name}.")
    labels = {p.stem: p for p in place.rglob("*") if p.suffix.lower() == ".xml"}
    problems = [] if labels else [f"{place}: no object boxes (*.xml)"]
    told: list[str] = [] if not labels else problems
    samples = [
        _sample(place, path, labels.pop(path.stem, None), told, exif=exif)
        for path in paths
    ]
    problems += [f"{path}: a label without a picture" for path in labels.values()]
    return TestSet(
        name=name,
        root=str(place),
        unit="pictures",
        samples=tuple(samples),
        expected=expected,
        label_problems=tuple(problems),
        notes=(note, _counted(samples)),
    )


def _counted(samples: list[Sample]) -> str:
    counts: dict[str, int] = {}
    for sample in samples:
        for box in sample.boxes:
            counts[box.label] = counts.get(box.label, 0) + 1
    labelled = sum(1 for sample in samples if sample.boxes)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts))
    return f"{labelled} of {len(samples)} pictures have object boxes: {kinds or 'none'}"


def _sample(
    place: Path, path: Path, label: Path | None, problems: list[str], *, exif: bool
) -> Sample:
    boxes: tuple[Box, ...] = ()
    if label is None:
        problems.append(f"{path}: no label")
    else:
        try:
            boxes = _shares(label)
            if any(not _is_inside(box) for box in boxes):
                problems.append(f"{label}: a box reaches out of the picture")
        except EvaluationError as error:
            problems.append(str(error))
    return Sample(
        name=str(path.relative_to(place).with_suffix("")),
        rainy=PictureFile(path=path, exif=exif),
        boxes=boxes,
    )


def _is_inside(box: Box) -> bool:
    # Labels count from 1 and may touch the last pixel: one in a hundred is let pass.
    sides = (box.left, box.top, box.right, box.bottom)
    return all(-0.01 <= side <= 1.01 for side in sides)


def _shares(path: Path) -> tuple[Box, ...]:
    labels = read_voc(path)
    width, height = labels.width, labels.height
    if min(width, height) < 1:
        raise EvaluationError(f"{path} names no size of its picture.")
    return tuple(
        Box(
            label=box.label,
            left=box.left / width,
            top=box.top / height,
            right=box.right / width,
            bottom=box.bottom / height,
        )
        for box in labels.objects
    )
