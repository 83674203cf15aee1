from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.measures import Measure, measures_for
from evaluation.methods.streams import FrameByFrame, Stream
from evaluation.metrics.luma import RgbArray
from evaluation.result_cache import ResultCache
from evaluation.runners.pictures import PictureRun
from evaluation.scores import Evaluation
from evaluation.sets import open_set
from tests.support.sets.folders import write_named, write_pairs


class Counting:
    """Changes one bit of each value, and counts how often it was asked."""

    name = "counting"
    key = "counting/1"

    def __init__(self) -> None:
        self.pictures = self.releases = 0

    @property
    def facts(self) -> dict[str, str]:
        return {}

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        self.pictures += 1
        return picture ^ np.uint8(1)

    def stream(self, name: str = "") -> Stream:
        return FrameByFrame(self)

    def release(self) -> None:
        self.releases += 1


def _fidelity() -> list[Measure]:
    return measures_for(["psnr", "ssim"], "mprnet", {})


def _run(
    root: Path,
    cache: ResultCache,
    method: Counting,
    measures: list[Measure] | None = None,
) -> Evaluation:
    run = PictureRun(open_set("pairs", str(root)), measures or _fidelity(), cache)
    return run.evaluate([method])


def test_what_is_kept_is_not_computed_again(tmp_path: Path) -> None:
    write_pairs(tmp_path, 2)
    kept, method = tmp_path / "kept.jsonl", Counting()

    first = _run(tmp_path, ResultCache(kept), method)
    second = _run(tmp_path, ResultCache(kept), method)

    assert method.pictures == 2
    assert second.results[0].scores == first.results[0].scores


def test_a_network_rests_before_the_next_begins(tmp_path: Path) -> None:
    write_pairs(tmp_path, 2)
    first = Counting()

    class Second(Counting):
        key = "counting/2"

        def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
            assert first.releases == 1
            return super().__call__(picture)

    second = Second()
    run = PictureRun(open_set("pairs", str(tmp_path)), _fidelity(), ResultCache(None))
    run.evaluate([first, second])

    assert (first.pictures, second.pictures, second.releases) == (2, 2, 1)


def test_a_changed_picture_is_computed_again(tmp_path: Path) -> None:
    write_pairs(tmp_path, 2)
    kept, method = tmp_path / "kept.jsonl", Counting()
    _run(tmp_path, ResultCache(kept), method)

    write_named(tmp_path / "input", "1.png", "2.png", "1.png")
    _run(tmp_path, ResultCache(kept), method)

    assert method.pictures == 3


def test_a_line_cut_short_costs_one_picture(tmp_path: Path) -> None:
    write_pairs(tmp_path, 2)
    kept, method = tmp_path / "kept.jsonl", Counting()
    _run(tmp_path, ResultCache(kept), method)

    kept.write_text(kept.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    _run(tmp_path, ResultCache(kept), method)
    _run(tmp_path, ResultCache(kept), method)

    assert method.pictures == 3


def test_a_new_measure_does_not_disturb_the_kept_ones(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1)
    cache, method = ResultCache(None), Counting()
    first = _run(tmp_path, cache, method)

    more = measures_for(["psnr", "ssim", "fsim"], "mprnet", {})
    second = _run(tmp_path, cache, method, more)

    values = second.results[0].scores[0].values
    assert values["psnr"] == first.results[0].scores[0].values["psnr"]
    assert 0 < values["fsim"] < 1


def test_unreadable_pictures_are_named_and_the_rest_is_measured(tmp_path: Path) -> None:
    write_pairs(tmp_path, 4)
    whole = (tmp_path / "input" / "1.png").read_bytes()
    (tmp_path / "input" / "1.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "target" / "2.png").write_bytes(b"no picture IEND")
    write_named(tmp_path / "target", "3.png", height=20)

    outcome = _run(tmp_path, ResultCache(None), Counting())

    assert [score.sample for score in outcome.results[0].scores] == ["4"]
    errors = " ".join(outcome.problems)
    assert "input/1.png is cut short" in errors
    assert "target/2.png cannot be read" in errors
    assert "input/3.png is 32x24, its truth 32x20" in errors
    assert outcome.counted(outcome.results[0]) == "1 of 4 pairs: NOT COMPLETE"


def test_a_set_of_which_nothing_can_be_measured_is_an_error(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1)
    (tmp_path / "input" / "1.png").write_bytes(b"")

    with pytest.raises(EvaluationError, match="is empty"):
        _run(tmp_path, ResultCache(None), Counting())


def test_a_measure_that_does_not_fit_a_picture_is_told(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1)
    measures = measures_for(["psnr", "niqe-derain"], "mprnet", {})

    outcome = _run(tmp_path, ResultCache(None), Counting(), measures)

    assert list(outcome.results[0].scores[0].values) == ["psnr"]
    assert "1: niqe-derain: NIQE needs 96x96" in outcome.problems[0]


@pytest.mark.slow
def test_figures_do_not_depend_on_the_number_of_jobs(tmp_path: Path) -> None:
    write_pairs(tmp_path, 6, height=64, width=64)
    measures = measures_for(["psnr", "ssim", "fsim", "fsimc"], "mprnet", {})

    def scores(jobs: int) -> list[dict[str, float]]:
        root = open_set("pairs", str(tmp_path))
        run = PictureRun(root, measures, ResultCache(None), jobs=jobs)
        result = run.evaluate([Counting()]).results[0]
        return [score.values for score in result.scores]

    assert scores(1) == scores(3)
