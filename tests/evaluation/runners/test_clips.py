from pathlib import Path

import numpy as np
import pytest

from evaluation.clip_measures import ALL_MEASURES
from evaluation.errors import EvaluationError
from evaluation.measures import measures_for
from evaluation.methods import InputBaseline
from evaluation.result_cache import ResultCache
from evaluation.runners.clips import ClipRun, frame_pairs
from evaluation.scores import Evaluation
from evaluation.sets import Clip, open_set
from tests.support.media.sliding import SIDE, sliding_window
from tests.support.sets.folders import write_picture
from tests.support.sets.golden_pairs import a_clean, a_rainy


def _write_clip(root: Path, frames: int) -> Path:
    for place in range(frames):
        name = f"{place:03d}.png"
        rainy = a_rainy(sliding_window(place), seed=place)
        write_picture(root / "input" / name, rainy)
        write_picture(root / "target" / name, sliding_window(place))
    return root


def _evaluated(root: Path, set_name: str, *names: str) -> Evaluation:
    measures = measures_for(names, "video", {}, ALL_MEASURES)
    run = ClipRun(open_set(set_name, str(root)), measures, ResultCache(None))
    return run.evaluate([InputBaseline()])


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
    scene = a_clean(SIDE, SIDE, seed=3)
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
