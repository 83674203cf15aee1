"""Picture files by their names, and whether they are whole."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from sources.errors import SourceError
from sources.pictures.files import (
    is_animated_webp,
    is_pattern,
    is_picture,
    natural_key,
    picture_bytes,
    read_rgb,
)

KINDS = ["jpg", "png", "bmp", "tiff", "webp"]
PIXELS = np.random.default_rng(2).integers(0, 255, (24, 40, 3), np.uint8)


def drawn(path: Path) -> Path:
    assert cv2.imwrite(str(path), PIXELS)
    return path


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("a.JPG", True),
        ("a.tif", True),
        ("a.webp", True),
        (".a.png", False),
        ("a.gif", False),
        ("png", False),
    ],
)
def test_a_picture_is_known_by_its_name(name: str, picture: bool) -> None:
    assert is_picture(Path(name)) is picture


def test_numbers_in_names_are_counted_and_letters_have_no_case() -> None:
    names = ["b1.png", "a10.png", "A9.png", "a009x.png"]

    ordered = sorted(map(Path, names), key=natural_key)

    assert [path.name for path in ordered] == [
        "A9.png",
        "a009x.png",
        "a10.png",
        "b1.png",
    ]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("%06d.png", True),
        ("a%d.png", True),
        ("out%20day.png", False),
        ("%s.png", False),
        ("100%.png", False),
    ],
)
def test_a_percent_sign_alone_makes_no_pattern(name: str, pattern: bool) -> None:
    assert is_pattern(name) is pattern


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_given_and_one_that_is_cut_is_refused(
    tmp_path: Path, kind: str
) -> None:
    path = drawn(tmp_path / f"in.{kind}")
    data = path.read_bytes()

    assert picture_bytes(path) == data

    path.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(SourceError, match=f"in.{kind} is cut short"):
        picture_bytes(path)


def test_the_end_of_a_thumbnail_is_not_the_end_of_a_photograph(tmp_path: Path) -> None:
    data = drawn(tmp_path / "in.jpg").read_bytes()
    twin = b"Exif\0\0 small \xff\xd9"
    head = b"\xff\xd8\xff\xe1" + (len(twin) + 2).to_bytes(2, "big") + twin
    (tmp_path / "cut.jpg").write_bytes((head + data[2:])[: len(head) + 300])

    with pytest.raises(SourceError, match="cut short"):
        picture_bytes(tmp_path / "cut.jpg")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.png", "is empty"),
        ("missing.png", "No such file"),
        ("folder.png", "Is a dir"),
    ],
)
def test_what_is_no_file_or_an_empty_one_is_one_line(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()

    with pytest.raises(SourceError, match=f"{name}.*{said}") as caught:
        picture_bytes(tmp_path / name)

    assert "\n" not in str(caught.value)


def test_pixels_come_red_first(tmp_path: Path) -> None:
    assert np.array_equal(read_rgb(drawn(tmp_path / "a.png")), PIXELS[..., ::-1])


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("no picture")

    with pytest.raises(SourceError, match="cannot be read as a picture"):
        read_rgb(tmp_path / "notes.png")


def test_an_animation_is_told_from_a_still_picture(tmp_path: Path) -> None:
    still = drawn(tmp_path / "in.webp").read_bytes()
    extended = b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0"

    assert not is_animated_webp(still)
    assert is_animated_webp(extended + b"\x02" + bytes(9))
    assert not is_animated_webp(extended + b"\x10" + bytes(9))
    assert not is_animated_webp(extended)
