from pathlib import Path

import cv2
import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.pictures import natural_key, picture_files, read_picture
from tests.support.sets.folders import write_named, write_picture
from tests.support.sets.golden_pairs import a_clean


@pytest.mark.parametrize("suffix", ["png", "jpg"])
@pytest.mark.parametrize("kept", [0.4, 0.9])
def test_a_picture_cut_short_is_named(tmp_path: Path, suffix: str, kept: float) -> None:
    path = write_picture(tmp_path / f"a.{suffix}", a_clean(64, 64, seed=1))
    data = path.read_bytes()

    path.write_bytes(data[: int(kept * len(data))])

    with pytest.raises(EvaluationError, match=r"a\.\w+ is cut short"):
        read_picture(path)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_what_a_phone_hangs_on_a_picture_is_no_error(
    tmp_path: Path, suffix: str
) -> None:
    path = write_picture(tmp_path / f"a.{suffix}", a_clean(64, 64, seed=1))

    path.write_bytes(path.read_bytes() + bytes(100_000))

    assert read_picture(path).shape == (64, 64, 3)


def test_the_end_of_a_thumbnail_is_not_the_end_of_its_picture(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.jpg", a_clean(64, 64, seed=1))
    data = path.read_bytes()
    thumbnail = b"\xff\xe1" + (6).to_bytes(2, "big") + b"xx\xff\xd9"
    whole = data[:2] + thumbnail + data[2:]

    path.write_bytes(whole[:-200])

    with pytest.raises(EvaluationError, match="cut short"):
        read_picture(path)


def test_pixels_are_rgb_and_exact(tmp_path: Path) -> None:
    picture = a_clean(20, 30, seed=2)
    path = write_picture(tmp_path / "a.png", picture)

    assert np.array_equal(read_picture(path), picture)


def test_a_turn_is_obeyed_only_when_asked(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.jpg", a_clean(20, 30, seed=2))
    turned_right = (
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    )
    segment = b"\xff\xe1" + (len(turned_right) + 2).to_bytes(2, "big") + turned_right
    data = path.read_bytes()
    path.write_bytes(data[:2] + segment + data[2:])

    plain, turned = read_picture(path), read_picture(path, exif=True)

    assert plain.shape == (20, 30, 3)
    assert np.array_equal(turned, np.rot90(plain, -1))


def test_grey_and_transparent_pictures_become_rgb(tmp_path: Path) -> None:
    grey = np.full((12, 12), 90, dtype=np.uint8)
    assert cv2.imwrite(str(tmp_path / "grey.png"), grey)

    assert read_picture(tmp_path / "grey.png")[0, 0].tolist() == [90, 90, 90]


def test_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    write_named(tmp_path, "10.png", "9.png", "a2.png", ".hidden.png")
    (tmp_path / "notes.txt").touch()

    assert [path.name for path in picture_files(tmp_path)] == [
        "9.png",
        "10.png",
        "a2.png",
    ]
    assert natural_key(Path("7b")) < natural_key(Path("07c"))
