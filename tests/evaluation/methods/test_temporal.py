from collections.abc import Sequence

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.methods.streams import through
from evaluation.methods.temporal import TemporalClip
from evaluation.metrics.luma import RgbArray
from tests.support.fakes import PassThrough
from tests.support.media.rainy_scene import psnr, rain, scene


def _rainy(count: int) -> list[RgbArray]:
    return [rain(scene(), place, streaks=150) for place in range(count)]


def _through(frames: Sequence[RgbArray], temporal: str) -> list[RgbArray]:
    return list(through(TemporalClip(PassThrough(), temporal), frames))


@pytest.mark.parametrize("temporal", ["causal", "centred"])
@pytest.mark.parametrize("count", [0, 1, 2, 6])
def test_frames_come_back_in_their_order(temporal: str, count: int) -> None:
    # Each is a cut to the one before: nothing is taken from the neighbours.
    frames = [np.full((60, 64, 3), 45 * place, np.uint8) for place in range(count)]

    outputs = _through(frames, temporal)

    assert [int(output.mean()) for output in outputs] == [45 * i for i in range(count)]


def test_a_centred_stream_keeps_two_frames_back() -> None:
    stream = TemporalClip(PassThrough(), "centred")

    given = [len(stream.push(frame)) for frame in _rainy(4)]

    assert given == [0, 0, 1, 1]
    assert len(stream.flush()) == 2


def test_the_frames_around_take_rain_away() -> None:
    frames = _rainy(5)

    outputs = _through(frames, "centred")

    assert psnr(outputs[2], scene()) > psnr(frames[2], scene()) + 3


def test_two_streams_of_one_network_do_not_mix() -> None:
    network, frames = PassThrough(), _rainy(5)
    others = [np.full_like(frames[0], 40) for _ in frames]
    alone = _through(frames, "causal")

    one, two = TemporalClip(network, "causal"), TemporalClip(network, "causal")
    outputs: list[RgbArray] = []
    for frame, other in zip(frames, others, strict=True):
        outputs += one.push(frame)
        two.push(other)

    assert all(np.array_equal(a, b) for a, b in zip(outputs, alone, strict=True))


def test_an_unknown_temporal_step_is_told_with_the_known_ones() -> None:
    with pytest.raises(EvaluationError, match="off, causal, centred; got 'both'"):
        TemporalClip(PassThrough(), "both")


def test_a_frame_that_the_network_cannot_take_is_an_error_of_one_line() -> None:
    def refuse() -> None:
        raise ValueError("at least 16 pixels")

    stream = TemporalClip(PassThrough(on_start=refuse), "causal")

    with pytest.raises(EvaluationError, match="16 pixels"):
        stream.push(scene())
