import json
from pathlib import Path

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from evaluation.errors import EvaluationError
from evaluation.evaluate import Outcome, Plan, evaluate
from evaluation.methods import ResultsFolder
from streamer.cli.evaluate.command import evaluate_command
from tests.support.media.sliding import sliding_window
from tests.support.sets.folders import write_pairs, write_picture
from tests.support.sets.golden_pairs import a_clean
from tests.support.silent_progress import Silent


def _evaluated(set_name: str, root: Path, folder: Path, **rest: Path) -> Outcome:
    plan = Plan(
        set_name=set_name,
        root=str(root),
        models=("input",),
        metrics=("psnr",),
        results=(("other", folder),),
        cache=rest.get("cache"),
    )
    return evaluate(plan, Silent())


def _truths_as_results(root: Path, folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / f"{name}.png").write_bytes(
            (root / "target" / f"{name}.png").read_bytes()
        )
    return folder


def test_results_of_another_program_are_a_row_and_missing_ones_are_named(
    tmp_path: Path,
) -> None:
    root = write_pairs(tmp_path / "set", 3)
    folder = _truths_as_results(root, tmp_path / "theirs", "1", "3")

    evaluation = _evaluated("pairs", root, folder).evaluation

    row = evaluation.results[1]
    assert (row.name, [score.sample for score in row.scores]) == ("other", ["1", "3"])
    assert all(score.values["psnr"] == float("inf") for score in row.scores)
    assert "holds no picture 2" in row.problems[0]
    assert evaluation.counted(row) == "2 of 3 pairs: NOT COMPLETE"


def test_a_result_of_another_size_is_named(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "set", 2)
    folder = _truths_as_results(root, tmp_path / "theirs", "1")
    write_picture(folder / "2.png", a_clean(20, 32, seed=1))

    row = _evaluated("pairs", root, folder).evaluation.results[1]

    assert "2.png is 32x20, the rainy picture 32x24" in row.problems[0]


def test_another_result_of_the_same_name_is_measured_anew(tmp_path: Path) -> None:
    root, cache = write_pairs(tmp_path / "set", 1), tmp_path / "kept.jsonl"
    folder = _truths_as_results(root, tmp_path / "theirs", "1")
    _evaluated("pairs", root, folder, cache=cache)

    rainy = (root / "input" / "1.png").read_bytes()
    (folder / "1.png").write_bytes(rainy)
    results = _evaluated("pairs", root, folder, cache=cache).evaluation.results

    assert results[1].scores[0].values == results[0].scores[0].values


def _write_frames(folder: Path, count: int, lighter: int = 0) -> Path:
    for place in range(count):
        frame = np.minimum(sliding_window(place), 255 - lighter) + lighter
        write_picture(folder / f"{place:03d}.png", frame.astype(np.uint8))
    return folder


def _clips(root: Path) -> Path:
    for clip in ("a", "b"):
        _write_frames(root / "input" / clip, 3, lighter=20)
        _write_frames(root / "target" / clip, 3)
    return root


def test_the_clips_of_another_program_are_matched_by_name(tmp_path: Path) -> None:
    root = _clips(tmp_path / "set")
    _write_frames(tmp_path / "theirs" / "b", 3)

    rows = _evaluated("video-pairs", root, tmp_path / "theirs").evaluation.results

    assert [score.sample for score in rows[0].scores] == ["a", "b"]
    assert [score.sample for score in rows[1].scores] == ["b"]
    assert "holds no clip a" in rows[1].problems[0]


def test_results_that_end_too_early_cost_their_row_alone(tmp_path: Path) -> None:
    root = _clips(tmp_path / "set")
    _write_frames(tmp_path / "theirs" / "a", 2)
    _write_frames(tmp_path / "theirs" / "b", 3)

    rows = _evaluated("video-pairs", root, tmp_path / "theirs").evaluation.results

    assert [score.sample for score in rows[0].scores] == ["a", "b"]
    assert [score.sample for score in rows[1].scores] == ["b"]
    assert "ends after 2 frames" in rows[1].problems[0]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"results of other: .* is no folder"):
        ResultsFolder("other", tmp_path / "gone")


def test_the_command_takes_results_and_says_where_they_lie(tmp_path: Path) -> None:
    root = write_pairs(tmp_path / "set", 2)
    folder = _truths_as_results(root, tmp_path / "theirs", "1", "2")
    app = Typer()
    app.command()(evaluate_command)
    words = ["pairs", str(root), "--model", "input", "--metrics", "psnr"]
    words += ["--results", f"Peer={folder}", "--json", str(tmp_path / "out.json")]
    words += ["--html", str(tmp_path / "out.html")]

    done = CliRunner().invoke(app, words, catch_exceptions=False)

    assert done.exit_code == 0, done.output
    read = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert read["results"][1]["results"] == str(folder)
    assert read["results"][1]["seconds_per_picture"] is None
    assert CliRunner().invoke(app, [*words[:4], "--results", "Peer"]).exit_code == 2
