import cv2
import numpy as np
import pytest

from sources.frame import Colour
from streamer.page.pictures import PairEncoder, split
from streamer.pipeline.preview import PicturePair
from tests.streamer.page.conftest import picture


def pair(rotation: int = 0, size: tuple[int, int] = (320, 180)) -> PicturePair:
    return PicturePair(
        before=picture(220, 0, size),
        before_colour=Colour(),
        after=picture(0, 220, size),
        after_colour=Colour(),
        rotation=rotation,
        mirrored=False,
        taken_us=123,
    )


def decoded(jpeg: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))


def test_a_message_holds_both_pictures_and_their_time() -> None:
    taken_us, before, after = split(PairEncoder()(pair()))

    assert taken_us == 123
    assert decoded(before).shape == decoded(after).shape == (180, 320, 3)
    assert decoded(before)[..., 2].mean() == pytest.approx(220, abs=4)
    assert decoded(after)[..., 0].mean() == pytest.approx(220, abs=4)


def test_large_pictures_are_scaled_and_turned_as_a_viewer_sees_them() -> None:
    _, before, _ = split(PairEncoder(longest=960)(pair(90, (1920, 1080))))

    assert decoded(before).shape == (960, 540, 3)
