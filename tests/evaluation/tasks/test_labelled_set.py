import pytest

from evaluation.tasks.labelled_set import LabelledSample, LabelledSet


def a_set(expected: int | None = None) -> LabelledSet:
    return LabelledSet(
        name="x",
        root="x",
        task="detection",
        classes=("car",),
        samples=tuple(LabelledSample(name=n, dry=None) for n in "abc"),
        expected=expected,
    )


@pytest.mark.parametrize(
    ("expected", "measured", "problems", "said"),
    [
        (None, 3, 0, "3 pictures"),
        (None, 2, 0, "2 of 3 pictures: NOT COMPLETE"),
        (None, 3, 1, "3 of 3 pictures: NOT COMPLETE"),
        (350, 3, 0, "3 of 350 pictures: NOT COMPLETE"),
        (2, 3, 0, "3 of 2 pictures: MORE THAN PUBLISHED"),
    ],
)
def test_how_many_pictures_count_is_said(
    expected: int | None, measured: int, problems: int, said: str
) -> None:
    assert a_set(expected).counted(measured, problems) == said
