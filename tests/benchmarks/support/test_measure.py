import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.support.measure import (
    SCHEMA,
    child_environment,
    commit,
    document,
    save,
    spread,
)
from tests.conftest import PROJECT

KEYS = {
    "schema",
    "benchmark",
    "commit",
    "machine",
    "versions",
    "settings",
    "results",
}


def test_a_spread_is_the_middle_and_the_ends() -> None:
    found = spread([3.0, 1.0, 2.0])

    assert (found.median, found.lowest, found.highest, found.runs) == (2, 1, 3, 3)


def test_no_measurement_has_no_spread() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        spread([])


def test_a_document_says_where_its_figures_come_from(tmp_path: Path) -> None:
    settings = {"seed": 0, "model": "mspfn-lite"}
    whole = document("test", settings, {"fps": spread([1.0, 2.0])})

    save(whole, tmp_path / "deep" / "test.json")

    read = json.loads((tmp_path / "deep" / "test.json").read_text())
    assert read.keys() == KEYS
    assert read["results"]["fps"]["median"] == 1.5
    assert len(read["settings"]["weights_sha256"]) == 64
    assert read["settings"]["command"].startswith("python -m ")
    assert {"processor", "cores", "memory_gib"} <= read["machine"].keys()
    assert {"python", "torch", "av"} <= read["versions"].keys()


def test_the_committed_pipeline_figures_have_this_form() -> None:
    path = PROJECT / "benchmarks" / "results" / "pipeline.json"
    if not path.exists():
        pytest.skip("not measured yet")

    read = json.loads(path.read_text())

    assert read.keys() == KEYS
    assert read["schema"] == SCHEMA
    assert {"file_to_file", "memory"} <= read["results"].keys()


def test_a_part_finds_the_project_and_what_was_on_the_path_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")

    path = child_environment()["PYTHONPATH"].split(os.pathsep)

    assert path == [str(PROJECT), "/somewhere/else"]


def test_nothing_is_added_where_there_was_no_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)

    assert child_environment()["PYTHONPATH"] == str(PROJECT)


def test_a_machine_without_git_measures_an_unknown_commit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert commit() == "unknown"


@pytest.mark.slow
@pytest.mark.parametrize("package", [False, True])
def test_the_command_is_the_one_that_runs(tmp_path: Path, package: bool) -> None:
    folder = tmp_path / "some" / "thing" if package else tmp_path / "some"
    folder.mkdir(parents=True)
    code = (
        "from benchmarks.support.measure import document\n"
        "print(document('a', {}, {})['settings']['command'])\n"
    )
    (folder / ("__main__.py" if package else "thing.py")).write_text(code)

    printed = subprocess.run(
        [sys.executable, "-m", "some.thing", "--seed", "7"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    ).stdout

    assert printed == "python -m some.thing --seed 7\n"
