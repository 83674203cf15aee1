from pathlib import Path

import numpy as np
import pytest

from evaluation.clip_measures import ALL_MEASURES
from evaluation.errors import EvaluationError
from evaluation.measures import measures_for
from evaluation.methods import InputBaseline
from evaluation.metrics.luma import RgbArray
from evaluation.metrics.motion import (
    difference_error,
    flicker,
    motion_error,
    step_between,
    warping_error,
)
from evaluation.result_cache import ResultCache
from evaluation.runners.clips import ClipRun, frame_pairs
from evaluation.scores import Evaluation
from evaluation.sets import Clip, open_set
from tests.support.folders import write_picture
from tests.support.golden_pairs import a_clean, a_rainy

_SIDE = 64


def _moving(place: int) -> RgbArray:
    """A window that slides over one scene, 2 pixels a frame."""
    scene = a_clean(_SIDE, _SIDE + 40, seed=5)
    return np.ascontiguousarray(scene[:, 2 * place : 2 * place + _SIDE])


def _write_clip(root: Path, frames: int) -> Path:
    for place in range(frames):
        name = f"{place:03d}.png"
        rainy = a_rainy(_moving(place), seed=place)
        write_picture(root / "input" / name, rainy)
        write_picture(root / "target" / name, _moving(place))
    return root


def _evaluated(root: Path, set_name: str, *names: str) -> Evaluation:
    measures = measures_for(names, "video", {}, ALL_MEASURES)
    run = ClipRun(open_set(set_name, str(root)), measures, ResultCache(None))
    return run.evaluate([InputBaseline()])


def test_a_sliding_scene_is_explained_by_its_motion() -> None:
    first, second = _moving(0), _moving(1)
    noise = np.random.default_rng(1).integers(0, 60, second.shape).astype(np.uint8)
    step = step_between(first, second)

    steady = warping_error(first, second, step)
    shaky = warping_error(first, second // 2 + noise, step)

    assert step.forward[20:44, 20:44, 0].mean() == pytest.approx(-2, abs=0.3)
    assert steady is not None
    assert shaky is not None
    assert steady * 10 < shaky


def test_nothing_flickers_in_a_still_clip() -> None:
    scene = _moving(0)
    step = step_between(scene, scene)

    assert step.still.all()
    assert flicker(scene, scene, step) == 0
    assert flicker(scene, np.minimum(scene, 250) + 5, step) == pytest.approx(4, abs=1)


def test_a_truth_has_no_error_of_change_or_motion() -> None:
    pair = _moving(0), _moving(1)

    assert difference_error(pair, pair) == 0
    assert motion_error(pair, pair) == 0


def test_tof_refuses_small_frames() -> None:
    small = a_clean(40, 64, seed=1)

    with pytest.raises(ValueError, match="48x48"):
        motion_error((small, small), (small, small))


def test_a_clip_is_measured_beside_its_truth(tmp_path: Path) -> None:
    _write_clip(tmp_path, 3)

    outcome = _evaluated(
        tmp_path, "video-pairs", "psnr", "warp", "warp-ref", "tof", "tdiff"
    )

    values = outcome.results[0].scores[0].values
    assert 15 < values["psnr"] < 30
    assert values["warp-ref"] < values["warp"]
    assert values["tdiff"] > 1


def test_a_clip_without_truth_is_measured_beside_itself(tmp_path: Path) -> None:
    _write_clip(tmp_path, 3)

    outcome = _evaluated(tmp_path / "input", "video", "warp", "warp-ref", "psnr")

    values = outcome.results[0].scores[0].values
    assert values["warp"] == values["warp-ref"]
    assert "psnr" not in values


def test_the_rain_is_gone_from_the_reference_of_a_lone_clip(tmp_path: Path) -> None:
    scene = a_clean(_SIDE, _SIDE, seed=3)
    for place in range(3):
        frame = scene.copy()
        frame[:, 10 * place : 10 * place + 4] = 255
        write_picture(tmp_path / f"{place}.png", frame)

    seen = list(frame_pairs(Clip(name="lone", rainy=str(tmp_path))))

    assert len(seen) == 3
    assert np.array_equal(seen[1].reference, scene)
    assert not np.array_equal(seen[1].rainy, scene)


def test_a_truth_of_another_length_is_told(tmp_path: Path) -> None:
    _write_clip(tmp_path, 3)
    (tmp_path / "target" / "002.png").unlink()

    with pytest.raises(EvaluationError, match="ends after 2 frames"):
        _evaluated(tmp_path, "video-pairs", "psnr")
