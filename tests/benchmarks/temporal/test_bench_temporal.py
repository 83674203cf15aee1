import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.temporal.bench_temporal import (
    NoNetwork,
    kept_cost,
    scored,
    through,
    ways,
)
from evaluation.metrics.motion import step_between
from model.temporal.stream import TemporalStream
from tests.support.fakes import PassThrough
from tests.support.media.sliding import sliding_window


@pytest.mark.parametrize("temporal", ["off", "causal", "centred"])
def test_frames_come_out_in_their_order(temporal: str) -> None:
    frames = [np.full((48, 64, 3), 40 * number, np.uint8) for number in range(6)]
    stream = TemporalStream(NoNetwork(), temporal=temporal, gate="off")

    outs = through(stream, frames)

    assert [int(out[0, 0, 0]) for out in outs] == [0, 40, 80, 120, 160, 200]


def test_each_way_gives_as_many_frames_as_it_gets() -> None:
    frames = [sliding_window(number) for number in range(4)]
    network: object = PassThrough()

    for name, way in ways(network).items():  # type: ignore[arg-type] # a network
        assert len(way(frames)) == 4, name


def test_the_cost_of_before_is_kept_with_the_commit_it_was_measured_at(
    tmp_path: Path,
) -> None:
    path = tmp_path / "temporal.json"
    path.write_text(json.dumps({"commit": "abc", "results": {"cost": {"ms": 3}}}))

    once = kept_cost(path)
    path.write_text(json.dumps({"commit": "def", "results": {"cost": once}}))

    assert kept_cost(path) == {"commit": "abc", "ms": 3}


def test_the_truth_has_no_error_of_its_own() -> None:
    truths = [sliding_window(number) for number in range(6)]
    steps = [step_between(a, b) for a, b in pairwise(truths)]

    found = scored(truths, truths, steps)

    assert found["psnr"] == float("inf")
    assert found["ssim"] == pytest.approx(1)
    assert found["tof"] == 0
    assert found["warp"] > 0
