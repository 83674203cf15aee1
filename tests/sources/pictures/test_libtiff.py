"""TIFF files that FFmpeg reads wrong are read as they are stored."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from sources.errors import SourceError
from sources.pictures.libtiff import read_tiff
from sources.pictures.tiff import directories_of, shorts, with_directory
from tests.support.media.pictures import jpeg_in_tiff, tiff_of_tiles

PIXELS = np.random.default_rng(4).integers(0, 255, (32, 48, 4), np.uint8)


def written(path: Path, pixels: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), pixels)
    return path


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_tiles_come_red_first_and_are_not_turned(
    tmp_path: Path, orientation: int
) -> None:
    path = tiff_of_tiles(tmp_path / "in.tiff", PIXELS[..., :3])
    data = path.read_bytes()
    own = directories_of(data)[0]
    data = with_directory(data, {**own, 274: shorts([orientation])})
    path.write_bytes(data)

    picture = read_tiff(path, data)

    assert picture.format.name == "rgb24"
    assert np.array_equal(picture.to_ndarray(), PIXELS[..., 2::-1])


@pytest.mark.parametrize(
    ("kind", "channels", "name"),
    [
        ("u1", None, "gray"),
        ("u2", None, "gray16le"),
        ("u1", 4, "rgba"),
        ("u2", 3, "rgb48le"),
        ("u2", 4, "rgba64le"),
    ],
)
def test_depth_and_alpha_are_kept(
    tmp_path: Path, kind: str, channels: int | None, name: str
) -> None:
    scale = np.array(257 if kind == "u2" else 1, kind)
    pixels = PIXELS.astype(kind)[..., 0 if channels is None else slice(channels)]
    path = written(tmp_path / "in.tiff", pixels * scale)

    picture = read_tiff(path, path.read_bytes())

    red_first = pixels if channels is None else pixels[..., [2, 1, 0, 3][:channels]]
    assert picture.format.name == name
    assert np.array_equal(picture.to_ndarray(), red_first * scale)


def test_a_strip_of_jpeg_has_its_colours(tmp_path: Path) -> None:
    flat = np.full((32, 48, 3), (20, 60, 200), np.uint8)
    path = jpeg_in_tiff(tmp_path / "in.tiff", flat)

    pixels = read_tiff(path, path.read_bytes()).to_ndarray()

    assert abs(pixels.astype(int) - (200, 60, 20)).max() <= 4


def test_what_libtiff_does_not_know_is_one_line_and_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    floats = written(tmp_path / "floats.tiff", PIXELS[..., 0].astype(np.float32))
    (tmp_path / "bent.tiff").write_bytes(b"II*\0\x08\0\0\0" + bytes(40))

    for path in (floats, tmp_path / "bent.tiff"):
        with pytest.raises(SourceError, match="a TIFF of a kind that cannot be read"):
            read_tiff(path, path.read_bytes())
    assert capfd.readouterr() == ("", "")
