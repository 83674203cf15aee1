"""Sets of rainy photographs that have no truth: Real200, and any folder."""

from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.pictures import PictureFile, picture_files
from evaluation.sets.testset import Sample, TestSet

_REAL200 = 200


def open_images(root: Path) -> TestSet:
    """Returns the pictures of a folder, or the one picture that `root` is.

    Raises:
        EvaluationError: There is no picture.
    """
    return _opened(root, "images", None, ())


def open_real200(root: Path) -> TestSet:
    """Returns the 200 photographs: in `root`, or in `Real200/` or `input/` below.

    Raises:
        EvaluationError: There is no picture.
    """
    places = [root, root / "Real200", root / "input", root / "Real200" / "input"]
    for place in places:
        if place.is_dir() and picture_files(place):
            note = "Web photographs; NIQE and SSEQ rank derained ones only weakly."
            return _opened(place, "Real200", _REAL200, (note,))
    raise EvaluationError(f"{root} holds no picture of Real200.")


def _opened(
    root: Path, name: str, expected: int | None, notes: tuple[str, ...]
) -> TestSet:
    paths = picture_files(root) if root.is_dir() else [root]
    if not paths:
        raise EvaluationError(f"{root} holds no picture.")
    return TestSet(
        name=name,
        root=str(root),
        unit="pictures",
        samples=tuple(_sample(path) for path in paths),
        expected=expected,
        notes=notes,
    )


def _sample(path: Path) -> Sample:
    return Sample(name=path.stem, rainy=PictureFile(path=path))
