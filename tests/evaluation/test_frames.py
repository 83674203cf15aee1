"""`run` and `evaluate` see the same RGB of the same clip."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from evaluation.frames import frames_of
from sinks.null import NullSink
from sources import open_source
from sources.frame import RgbArray
from streamer.pipeline.file import Pipeline
from tests.conftest import MakeClip
from tests.support.fakes import FakePending, PassThrough

BT2020, SMPTE240M = 9, 7


class Looking(PassThrough):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[RgbArray] = []

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        self.seen.append(picture.copy())
        return super().start(picture, out)


def seen_by_run(clip: Path) -> list[RgbArray]:
    network = Looking()
    with closing(open_source(str(clip))) as source:
        Pipeline(source, network, NullSink()).run()
    return network.seen


@pytest.mark.parametrize(
    ("height", "matrix"),
    [(600, 2), (704, 2), (720, 2), (480, 2), (96, BT2020), (96, SMPTE240M)],
)
def test_run_and_evaluate_see_the_same_rgb(
    make_clip: MakeClip, height: int, matrix: int
) -> None:
    clip = make_clip(frames=2, size=(64, height), matrix=matrix, flat=(120, 90, 170))

    run, evaluated = seen_by_run(clip), list(frames_of(str(clip)))

    assert len(run) == len(evaluated) == 2
    for one, other in zip(run, evaluated, strict=True):
        assert np.array_equal(one, other)
