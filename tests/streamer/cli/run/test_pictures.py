"""Folders of pictures through the real program: what is bad is one line each."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.streamer.cli.run.test_command import run
from tests.support.media.pictures import CMYK_JPEG, jpeg_in_tiff

pytestmark = pytest.mark.slow


def draw(path: Path, size: tuple[int, int] = (48, 64)) -> Path:
    rng = np.random.default_rng(size[0])
    assert cv2.imwrite(str(path), rng.integers(0, 256, (*size, 3), np.uint8))
    return path


def test_bad_pictures_are_a_line_each_and_the_others_come_out(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "more").mkdir(parents=True)
    for name in ("half.jpg", "half.png", "half.tiff", "half.bmp", "half.webp"):
        data = draw(folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])
    (folder / "empty.jpg").touch()
    (folder / "text.png").write_text("no picture")
    for name in ("apple.heic", "film.gif", "new.avif", ".hidden.png"):
        (folder / name).write_bytes(b"?")
    draw(folder / "good.png")
    draw(folder / "tiny.png", (5, 3))
    jpeg_in_tiff(folder / "scan.tiff", np.full((48, 64, 3), 200, np.uint8))
    (folder / "press.jpg").write_bytes(CMYK_JPEG)

    status, errors = run("run", folder, f"{tmp_path}/out/")

    lines = errors.splitlines()
    bad = {"half.jpg", "half.png", "half.tiff", "half.bmp", "half.webp"}
    bad |= {"empty.jpg", "text.png"}
    assert status == 1
    for name in bad:
        assert sum(name in line for line in lines) == 1, errors
    [passed_over] = [line for line in lines if "passed over" in line]
    assert "3 pictures (.avif .gif .heic) and 1 folder" in passed_over
    assert "Traceback" not in errors
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("good.png", "tiny.png", "scan.tiff", "press.jpg")
    }
    assert "7 of 11 pictures could not be read; 4 frames were stored" in lines[-1]
