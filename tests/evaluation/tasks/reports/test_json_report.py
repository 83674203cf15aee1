import json
from dataclasses import replace
from pathlib import Path

from evaluation.tasks.evaluate import TaskOutcome
from evaluation.tasks.reports.json_report import as_json, write_task_json


def test_every_figure_and_what_it_came_from_is_told(
    outcome: TaskOutcome, tmp_path: Path
) -> None:
    write_task_json(outcome.evaluation, tmp_path / "out.json")

    told = json.loads((tmp_path / "out.json").read_text())
    assert (told["task"], told["measured"], told["complete"]) == (
        "segmentation",
        4,
        True,
    )
    assert told["judge"]["kind"] == "semantic"
    assert len(told["judge"]["file_sha256"]) == 64
    assert told["metrics"][0]["name"] == "miou"
    row = next(r for r in told["rows"] if r["method"] == "a method of number 0")
    assert row["values"]["miou"] == row["gap_closed"]["miou"] == 1
    assert row["difference_to_input"]["miou"]["verdict"] == "helps"
    assert list(row["classes"]["iou"]) == ["ground", "square"]
    assert list(row["pictures"]) == ["p0", "p1", "p2", "p3"]
    assert told["paper"][0]["columns"] == ["mPA", "mIoU"]
    assert {"numpy", "python"} <= told["versions"].keys()


def test_what_is_no_number_is_null(outcome: TaskOutcome) -> None:
    row = outcome.evaluation.rows[0]
    strange = replace(
        row,
        values={"miou": float("nan"), "pa": float("inf")},
        gap={"miou": None},
        differences={"miou": None},
    )

    told = as_json(replace(outcome.evaluation, rows=(strange,)))["rows"][0]

    assert told["values"] == {"miou": None, "pa": None}
    assert (told["gap_closed"], told["difference_to_input"]) == (
        {"miou": None},
        {"miou": None},
    )
