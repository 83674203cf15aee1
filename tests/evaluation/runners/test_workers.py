from functools import partial
from operator import add
from pathlib import Path

import numpy as np
import pytest

from evaluation.measures import MEASURES, measures_for
from evaluation.pictures import PictureFile
from evaluation.runners.workers import Task, applicable, measure_task, workers
from evaluation.sets.testset import Sample
from tests.support.sets.folders import write_picture

GREY = np.full((16, 16, 3), 90, np.uint8)


def test_with_one_job_work_is_done_at_once_and_here() -> None:
    done: list[int] = []

    with workers(1) as pool:
        pool.submit(partial(add, 1, 2), done.append)
        assert done == [3]
        pool.finish()


@pytest.mark.slow
def test_with_several_jobs_all_work_is_done_when_it_is_finished() -> None:
    done: list[int] = []

    with workers(2) as pool:
        for number in range(9):
            pool.submit(partial(add, number, 1), done.append)
        pool.finish()

    assert sorted(done) == list(range(1, 10))


def test_an_error_of_the_work_is_raised_here() -> None:
    with workers(1) as pool, pytest.raises(TypeError):
        pool.submit(partial(add, 1, "x"), print)


def test_an_output_is_measured_beside_what_its_measures_ask_for(tmp_path: Path) -> None:
    sample = Sample(
        name="1",
        rainy=PictureFile(path=tmp_path / "gone.png"),  # no measure asks for it
        truth=PictureFile(
            path=write_picture(tmp_path / "truth.png", GREY + np.uint8(10))
        ),
    )
    measures = tuple(measures_for(["psnr", "niqe-derain"], "rgb", {}))

    found = measure_task(Task(GREY, sample, measures))

    assert found.values["psnr"] == pytest.approx(28.13, abs=0.01)
    assert "niqe-derain: NIQE needs 96x96" in found.obstacles[0]


def test_only_what_can_be_had_is_measured() -> None:
    wanted = [MEASURES[name] for name in ("psnr", "niqe", "niqe-derain")]

    assert [m.name for m in applicable(wanted, truth=True)] == ["psnr", "niqe-derain"]
    assert [m.name for m in applicable(wanted, truth=False)] == ["niqe-derain"]
