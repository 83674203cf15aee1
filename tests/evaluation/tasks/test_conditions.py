from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from evaluation.pictures import PictureFile
from evaluation.tasks.conditions import conditions_of
from evaluation.tasks.labelled_set import LabelledSample, LabelledSet
from evaluation.tasks.rain import seed_of
from tests.support.sets.labelled_folders import dry, rainy, write


class Brighter:
    """Rain that adds the seed's last digit."""

    name = "brighter"

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, picture: RgbArray, seed: int) -> RgbArray:
        self.asked += 1
        return picture + np.uint8(seed % 10)


def a_set(root: Path, *, with_dry: bool = True, with_rain: bool = True) -> LabelledSet:
    files = {
        "dry": with_dry and PictureFile(path=write(root / "d.png", dry())),
        "rainy": with_rain and PictureFile(path=write(root / "r.png", rainy())),
    }
    sample = LabelledSample(
        name="p", dry=files["dry"] or None, rainy=files["rainy"] or None
    )
    return LabelledSet(
        name="x", root=str(root), task="detection", classes=(), samples=(sample,)
    )


def test_a_set_of_both_kinds_is_looked_at_clean_and_in_its_rain(tmp_path: Path) -> None:
    labelled = a_set(tmp_path)

    clean, rain = conditions_of(labelled, (), 0)

    assert [(clean.name, clean.is_clean), (rain.name, rain.is_clean)] == [
        ("clean", True),
        ("rain", False),
    ]
    assert np.array_equal(clean.picture(labelled.samples[0]), dry())
    assert np.array_equal(rain.picture(labelled.samples[0]), rainy())


def test_pictures_of_one_kind_are_dry_where_rain_is_made_and_rainy_else(
    tmp_path: Path,
) -> None:
    labelled = a_set(tmp_path, with_rain=False)

    [alone] = conditions_of(labelled, (), 0)
    made = conditions_of(labelled, (Brighter(),), 0)

    assert alone.name == "rain"
    assert np.array_equal(alone.picture(labelled.samples[0]), dry())
    assert [condition.name for condition in made] == ["clean", "brighter"]


def test_made_rain_is_of_the_pictures_name_and_kept(tmp_path: Path) -> None:
    labelled, rain = a_set(tmp_path), Brighter()

    _, made = conditions_of(labelled, (rain,), 5)
    first = made.picture(labelled.samples[0])

    assert made.picture(labelled.samples[0]) is first
    assert rain.asked == 1
    assert np.array_equal(first, dry() + np.uint8(seed_of(5, "p") % 10))


def test_what_does_not_fit_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluation.tasks.conditions._ROOM", dry().nbytes - 1)
    labelled, rain = a_set(tmp_path), Brighter()

    _, made = conditions_of(labelled, (rain,), 5)
    made.picture(labelled.samples[0])
    made.picture(labelled.samples[0])

    assert rain.asked == 2


def test_rain_needs_dry_pictures(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no dry pictures to make rain on"):
        conditions_of(a_set(tmp_path, with_dry=False), (Brighter(),), 0)


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    labelled = a_set(tmp_path)
    clean, rain = conditions_of(labelled, (), 0)
    lacking = LabelledSample(name="q", dry=None)

    for condition, kind in ((clean, "dry"), (rain, "rainy")):
        with pytest.raises(EvaluationError, match=f"q: no {kind} picture"):
            condition.picture(lacking)
