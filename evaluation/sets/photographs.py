"""Sets of photographs without pairs: rainy ones, and dry ones that are to stay dry."""

from dataclasses import replace
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.pictures import PictureFile, picture_files
from evaluation.sets.pairing import PairForm
from evaluation.sets.testset import Sample, TestSet

_REAL200 = 200


def open_images(root: Path) -> TestSet:
    """Returns the pictures of a folder, or the one picture that `root` is.

    Raises:
        EvaluationError: There is no picture.
    """
    return _opened(root, "images", None, ())


def open_clean(root: Path) -> TestSet:
    """Returns the pictures of a folder, each as its own truth.

    What a network scores on them says how much it takes out of a dry picture.

    Raises:
        EvaluationError: There is no picture.
    """
    note = "Pictures without rain against themselves: what the network took from them."
    found = _opened(root, "clean", None, (note,))
    samples = tuple(replace(sample, truth=sample.rainy) for sample in found.samples)
    return replace(found, samples=samples)


def open_stay(root: Path) -> TestSet:
    """Returns what must stay, as `evaluation.sets.thin_things` draws it.

    Raises:
        EvaluationError: `input/`, `target/` or `mask/` lacks pictures.
    """
    form = PairForm(rainy="input", truth="target")
    if not (form.fits(root) and (root / "mask").is_dir()):
        raise EvaluationError(
            f"{root} holds no input/, target/ and mask/; draw them with "
            f"python -m evaluation.sets.thin_things {root}."
        )
    samples, problems = form.samples(root)
    masks = {path.stem: path for path in picture_files(root / "mask")}
    problems += [f"{s.name}: no mask" for s in samples if s.name not in masks]
    return TestSet(
        name="stay",
        root=str(root),
        unit="pairs",
        samples=tuple(
            replace(sample, mask=PictureFile(path=masks[sample.name]))
            for sample in samples
            if sample.name in masks
        ),
        problems=tuple(problems),
        measures=("psnr", "psnr-stay"),
        notes=("Thin, upright and bright things, dry (-dry) and in rain (-rain).",),
    )


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
