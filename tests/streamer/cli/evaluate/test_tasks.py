import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT, child_environment
from tests.support.networks.tiny_judges import bright_judge
from tests.support.sets.labelled_folders import JUDGE, labelled_folder


def derain(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the real program."""
    return subprocess.run(
        [sys.executable, "-m", "derain", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**child_environment(), "COLUMNS": "200"},
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    labelled_folder(tmp_path / "set")
    bright_judge(tmp_path / "bright.onnx")
    (tmp_path / "judge.toml").write_text(f"{JUDGE}multiple = 1\n")
    return tmp_path


@pytest.mark.slow
def test_one_command_gives_the_table_the_json_and_the_page(home: Path) -> None:
    got = derain(
        *("evaluate", "segmentation", home / "set", "--judge", home / "judge.toml"),
        *("--model", "input", "--results", f"dry={home / 'set' / 'target'}"),
        *("--json", home / "out.json", "--html", home / "out.html"),
    )

    assert got.returncode == 0, got.stderr
    assert "segmentation on set: 4 pictures" in got.stdout
    assert "helps: +" in got.stdout
    assert "BDD150, RefineNet" in got.stdout
    written = json.loads((home / "out.json").read_text())
    rows = {(row["condition"], row["method"]): row for row in written["rows"]}
    assert rows["rain", "dry"]["gap_closed"]["miou"] == 1
    assert rows["rain", "dry"]["difference_to_input"]["miou"]["verdict"] == "helps"
    assert written["complete"]
    page = (home / "out.html").read_text()
    assert page.count("<img") == 3 * 4  # input, derained and clean of each picture
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.slow
def test_a_wrong_judge_is_one_line_and_no_table(home: Path) -> None:
    text = JUDGE.replace('["ground", "square"]', '["square", "ground"]')
    (home / "judge.toml").write_text(f"{text}multiple = 1\n")

    got = derain(
        *("evaluate", "segmentation", home / "set", "--judge", home / "judge.toml"),
        *("--model", "input"),
    )

    assert got.returncode == 1
    assert "derain: mIoU 0.0 % on clean pictures" in got.stderr
    assert "condition" not in got.stdout


@pytest.mark.slow
def test_help_of_evaluate_depends_on_what_is_evaluated() -> None:
    plain, task = (
        derain("evaluate", "--help"),
        derain("evaluate", "detection", "--help"),
    )

    assert "--judge" not in plain.stdout
    assert "--judge" in task.stdout
