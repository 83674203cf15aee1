"""What is left out of many files is one line for each kind."""

import pytest

from sources.pictures.notes import notes_by_file


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["a.png"], "left out of a.png: XMP data"),
        (["a.png", "b.png"], "left out of a.png and one more: XMP data"),
        (["a.png", "b.png", "c.png"], "left out of a.png and 2 more: XMP data"),
    ],
)
def test_the_first_file_is_named_and_the_others_are_counted(
    names: list[str], line: str
) -> None:
    assert notes_by_file({"XMP data": names}) == [line]


def test_each_kind_of_loss_has_its_line() -> None:
    lost = {"EXIF data": ["a.bmp"], "XMP data": ["b.bmp"]}

    assert notes_by_file(lost) == [
        "left out of a.bmp: EXIF data",
        "left out of b.bmp: XMP data",
    ]
    assert notes_by_file({}) == []
