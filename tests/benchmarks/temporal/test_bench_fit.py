import numpy as np
import pytest

from benchmarks.temporal.bench_fit import scored, upright
from evaluation.metrics.motion import step_between
from tests.conftest import MakeClip
from tests.support.media.sliding import sliding_window


def test_pictures_of_both_kinds_are_scored_apart() -> None:
    truths = [sliding_window(0)] * 4
    outs = [
        np.clip(truth.astype(int) + (10 if number % 2 else 1), 0, 255).astype(np.uint8)
        for number, truth in enumerate(truths)
    ]
    steps = [step_between(truths[0], truths[0])] * 3

    found = scored(outs, truths, steps, 2)
    all_by_network = scored(outs, truths, steps, 1)

    assert found["psnr_network"] == pytest.approx(48.13, abs=0.2)
    assert found["psnr_between"] == pytest.approx(28.13, abs=0.5)
    assert found["psnr"] == pytest.approx(
        (found["psnr_network"] + found["psnr_between"]) / 2, abs=1e-3
    )
    assert found["warp"] > 0
    assert "psnr_between" not in all_by_network


def test_a_turned_clip_is_seen_as_a_viewer_sees_it(make_clip: MakeClip) -> None:
    frames = upright(make_clip(frames=6, rotation=90), 2, 3)

    assert len(frames) == 3
    assert {frame.shape for frame in frames} == {(64, 48, 3)}
    assert all(frame.flags.c_contiguous for frame in frames)
