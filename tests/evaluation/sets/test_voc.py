from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.sets.voc import VocObject, read_voc

BOX = "<xmin>1</xmin><ymin>2.5</ymin><xmax>30</xmax><ymax>40</ymax>"


def written(path: Path, *inner: str) -> Path:
    path.write_text(f"<annotation>{''.join(inner)}</annotation>")
    return path


def an_object(name: str = " car ", box: str = BOX, more: str = "") -> str:
    return f"<object><name>{name}</name>{more}<bndbox>{box}</bndbox></object>"


def test_objects_are_read_with_the_size_that_they_count_in(tmp_path: Path) -> None:
    size = "<size><width>64.0</width><height>48</height></size>"
    hard = "<difficult>1</difficult>"
    path = written(tmp_path / "a.xml", size, an_object(), an_object("dog", more=hard))

    found = read_voc(path)

    assert (found.width, found.height) == (64, 48)
    assert found.objects == (
        VocObject(label="car", left=1, top=2.5, right=30, bottom=40),
        VocObject(label="dog", left=1, top=2.5, right=30, bottom=40, difficult=True),
    )


def test_a_file_without_objects_or_size_is_a_picture_without_them(
    tmp_path: Path,
) -> None:
    found = read_voc(written(tmp_path / "a.xml", "<size><width> </width></size>"))

    assert (found.width, found.height, found.objects) == (0, 0, ())


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("<object>", "mismatched tag"),
        (an_object(box="<xmin>1</xmin>"), "it has no bndbox/ymin"),
        (an_object(box=BOX.replace("30", "far")), "could not convert"),
        ("<object><bndbox/></object>", "it has no"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, inner: str, said: str) -> None:
    path = written(tmp_path / "a.xml", inner)

    with pytest.raises(
        EvaluationError, match=rf"a\.xml is no readable label: .*{said}"
    ):
        read_voc(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.xml is no readable label"):
        read_voc(tmp_path / "none.xml")
