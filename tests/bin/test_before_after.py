"""The before/after picture of the demo."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bin.before_after import frame_at, write_before_after
from sources.errors import SourceError
from sources.synthetic.street_source import write_demo_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "rainy.mp4"
    write_demo_clip(path, rainy=True, seconds=0.4, size=(64, 48))
    return path


def test_the_middle_of_both_clips_stands_side_by_side(
    clip: Path, tmp_path: Path
) -> None:
    dry = tmp_path / "dry.mkv"
    write_demo_clip(dry, rainy=False, seconds=0.4, size=(64, 48))

    write_before_after(clip, dry, tmp_path / "both.png")

    both = cv2.imread(str(tmp_path / "both.png"))
    assert both is not None
    assert both.shape == (48, 128, 3)
    assert np.abs(both[:, :64].astype(int) - both[:, 64:]).mean() > 1


def test_the_frame_of_a_moment_is_found(clip: Path) -> None:
    assert frame_at(clip, None)[0] == pytest.approx(0.2)
    assert frame_at(clip, 0.28)[0] == pytest.approx(0.28)
    assert frame_at(clip, 0.0)[0] == 0.0


@pytest.mark.slow
def test_the_middle_of_a_longer_clip_is_sought(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    write_demo_clip(path, rainy=False, seconds=5, size=(16, 16))

    moment, _ = frame_at(path, None)

    assert moment == pytest.approx(2.5, abs=0.05)


@pytest.mark.parametrize("name", ["one.png", "one.jpg"])
def test_a_single_picture_is_its_own_middle(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    cv2.imwrite(str(path), np.full((20, 30, 3), 7, np.uint8))

    assert frame_at(path, None)[1].shape == (20, 30, 3)


@pytest.mark.parametrize("content", [b"", b"no film at all" * 100])
def test_what_is_no_clip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.mp4"
    path.write_bytes(content)

    with pytest.raises(SourceError, match="cannot be read"):
        frame_at(path, None)
