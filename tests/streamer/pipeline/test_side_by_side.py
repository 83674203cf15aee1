import numpy as np
import pytest

from streamer.pipeline.side_by_side import SideBySide


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_viewer_sees_before_left_and_after_right(
    rotation: int, mirrored: bool
) -> None:
    before = np.full((4, 6, 3), 10, np.uint8)
    after = np.full((4, 6, 3), 200, np.uint8)

    stored = SideBySide(rotation, mirrored)(before, after)
    seen = np.rot90(stored, rotation // 90)
    seen = seen[:, ::-1] if mirrored else seen

    assert (seen[:, 0] == 10).all()
    assert (seen[:, -1] == 200).all()
    assert stored.shape[:2] == SideBySide(rotation).size(6, 4)[::-1]


def test_the_canvas_is_reused_from_frame_to_frame() -> None:
    together = SideBySide(0)
    picture = np.zeros((4, 6, 3), np.uint8)

    assert together(picture, picture) is together(picture, picture)
