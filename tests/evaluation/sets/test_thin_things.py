from pathlib import Path

import numpy as np
import pytest

from evaluation.evaluate import Plan, evaluate
from evaluation.sets import open_set
from evaluation.sets.thin_things import THINGS, scene, write
from tests.support.silent_progress import Silent


@pytest.mark.parametrize("name", THINGS)
def test_a_scene_has_things_that_are_a_small_part_of_it(name: str) -> None:
    picture, mask = scene(name, 0)

    assert np.array_equal(picture, scene(name, 0)[0])
    assert not np.array_equal(picture, scene(name, 1)[0])
    assert 0.003 < (mask > 0).mean() < 0.5


@pytest.mark.slow
def test_the_set_is_measured_inside_its_masks(tmp_path: Path) -> None:
    count = write(tmp_path)

    plan = Plan(set_name="stay", root=str(tmp_path), models=("input",))
    evaluation = evaluate(plan, Silent()).evaluation

    scores = {score.sample: score.values for score in evaluation.results[0].scores}
    assert len(scores) == count == 4 * len(THINGS)
    assert scores["fence0-dry"] == {"psnr": np.inf, "psnr-stay": np.inf}
    assert 10 < scores["fence0-rain"]["psnr-stay"] < 45


def test_a_sample_without_its_mask_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "mask" / "text1-dry.png").unlink()

    assert open_set("stay", str(tmp_path)).problems == ("text1-dry: no mask",)
