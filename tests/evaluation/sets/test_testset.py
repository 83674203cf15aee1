from pathlib import Path
from typing import Any

import pytest

from evaluation.pictures import PictureFile
from evaluation.sets.testset import Clip, Sample, TestSet

PICTURE = PictureFile(path=Path("1.png"))
PAIR = Sample(name="1", rainy=PICTURE, truth=PICTURE)
LONE = Sample(name="2", rainy=PICTURE)


def a_set(**more: Any) -> TestSet:
    return TestSet(**({"name": "x", "root": "x", "unit": "pairs"} | more))


def test_what_was_found_is_counted() -> None:
    pictures, clips = (
        a_set(samples=(PAIR, PAIR)),
        a_set(clips=(Clip(name="1", rainy="a"),)),
    )

    assert (pictures.found, pictures.is_video, pictures.has_truth) == (2, False, True)
    assert (clips.found, clips.is_video, clips.has_truth) == (1, True, False)
    assert not a_set(samples=(PAIR, LONE)).has_truth


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (1, "1 of 3 pairs: NOT COMPLETE"),
        (3, "3 pairs"),
        (4, "4 of 3 pairs: MORE THAN PUBLISHED"),
    ],
)
def test_how_many_of_a_published_set_is_said(measured: int, said: str) -> None:
    found = a_set(samples=(PAIR,) * 3, expected=3)

    assert found.counted(measured) == said
    assert found.is_whole(measured) == (measured == 3)


def test_one_is_one() -> None:
    assert a_set(samples=(PAIR,)).counted(1) == "1 pair"


def test_a_set_with_problems_or_cut_on_purpose_is_not_whole() -> None:
    broken = a_set(samples=(PAIR,), problems=("2.png is missing",))

    assert (broken.whole, broken.counted(1)) == (2, "1 of 2 pairs: NOT COMPLETE")
    assert not broken.is_whole(2)
    assert not a_set(samples=(PAIR,), cut="only the first 2 frames").is_whole(1)
