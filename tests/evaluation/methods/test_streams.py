import numpy as np

from evaluation.methods.streams import FrameByFrame, through
from tests.support.media.rainy_scene import scene


def test_what_knows_no_time_keeps_nothing_back() -> None:
    stream = FrameByFrame(lambda picture: 255 - picture)
    frame = scene()

    assert np.array_equal(stream.push(frame)[0], 255 - frame)
    assert stream.flush() == []


def test_frames_go_through_one_by_one() -> None:
    frames = [np.full((2, 2, 3), level, np.uint8) for level in (1, 2, 3)]

    outputs = through(FrameByFrame(lambda picture: picture + 10), frames)

    assert [int(output[0, 0, 0]) for output in outputs] == [11, 12, 13]
