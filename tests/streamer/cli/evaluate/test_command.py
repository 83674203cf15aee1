import json
from pathlib import Path

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from evaluation.errors import EvaluationError
from evaluation.reference_models.files import pristine_from
from streamer.cli.evaluate.command import evaluate_command
from tests.conftest import PROJECT
from tests.support.sets.folders import write_pairs, write_picture
from tests.support.sets.golden_pairs import a_clean

_DATA = PROJECT.parent / "shared" / "data"


def _app() -> Typer:
    app = Typer()
    app.command()(evaluate_command)
    return app


def _called(*words: str) -> str:
    outcome = CliRunner().invoke(_app(), words, catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def test_the_input_alone_can_be_scored(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "mine", 2)
    path = tmp_path / "out.json"

    text = _called("pairs", str(root), "--model", "input", "--json", str(path))

    assert "pairs of mine: 2 pairs" in text
    read = json.loads(path.read_text(encoding="utf-8"))
    assert [result["name"] for result in read["results"]] == ["input"]
    assert (tmp_path / "out.kept.jsonl").exists()


def test_an_unknown_measure_is_told(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1)

    with pytest.raises(EvaluationError, match="known: psnr, "):
        _called("pairs", str(tmp_path), "--model", "input", "--metrics", "vmaf")


def test_set_and_root_are_needed() -> None:
    outcome = CliRunner().invoke(_app(), [])

    assert outcome.exit_code == 2


@pytest.mark.slow
def test_a_pristine_model_can_be_fitted(tmp_path: Path) -> None:
    for seed in range(5):
        path = tmp_path / "good" / f"{seed}.png"
        write_picture(path, a_clean(384, 480, seed))
    model = tmp_path / "model.json"

    text = _called("--fit-niqe", str(tmp_path / "good"), "--json", str(model))

    assert "sharp blocks of 5 pictures" in text
    fitted = pristine_from(json.loads(model.read_text(encoding="utf-8")))
    assert fitted.covariance.shape == (36, 36)
    assert np.array_equal(fitted.covariance, fitted.covariance.T)


def test_a_model_of_too_few_pictures_is_refused(tmp_path: Path) -> None:
    write_picture(tmp_path / "good" / "1.png", a_clean(96, 96, seed=1))
    words = ("--fit-niqe", str(tmp_path / "good"), "--json", str(tmp_path / "m.json"))

    with pytest.raises(EvaluationError, match="72 sharp blocks"):
        _called(*words)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "psnr", "ssim"),
    [("Rain100H", 13.6863, 0.3666), ("Rain100L", 26.5513, 0.8281)],
)
def test_the_rainy_inputs_score_what_they_always_did(
    tmp_path: Path, name: str, psnr: float, ssim: float
) -> None:
    path = tmp_path / "out.json"
    words = ("--model", "input", "--metrics", "psnr,ssim", "--json", str(path))

    _called(name, str(_DATA / f"{name}_dev"), *words)

    mean = json.loads(path.read_text(encoding="utf-8"))["results"][0]["mean"]
    assert mean["psnr"]["value"] == pytest.approx(psnr, abs=1e-4)
    assert mean["ssim"]["value"] == pytest.approx(ssim, abs=1e-4)


def test_a_clip_of_which_only_a_part_was_measured_says_so(tmp_path: Path) -> None:
    write_pairs(tmp_path, 3, height=64, width=64)
    path = tmp_path / "out.json"
    words = ("--model", "input", "--max-frames", "2", "--json", str(path))

    text = _called("video-pairs", str(tmp_path), *words)

    read = json.loads(path.read_text(encoding="utf-8"))
    assert "only the first 2 frames" in text
    assert read["complete"] is False
    assert read["results"][0]["measured"] == "1 clip"


def test_a_json_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1)
    words = ("--model", "input", "--json", str(tmp_path / "gone" / "out.json"))

    with pytest.raises(EvaluationError, match="no folder"):
        _called("pairs", str(tmp_path), *words)
