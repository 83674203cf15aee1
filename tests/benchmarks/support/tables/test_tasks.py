"""The README's table of judges says what was measured."""

import json
from pathlib import Path

from benchmarks.support.tables.tasks import task_rows
from tests.conftest import PROJECT


def row(condition: str, method: str, value: float) -> dict[str, object]:
    difference = {"value": 0.1, "low": 0.05, "high": 0.2, "verdict": "helps"}
    return {
        "condition": condition,
        "method": method,
        "values": {"miou": value, "ap50": value},
        "gap_closed": {} if condition == "clean" else {"miou": 0.5, "ap50": 0.5},
        "difference_to_input": {"miou": difference, "ap50": difference},
    }


def test_rows_are_of_int8_and_in_percent(tmp_path: Path) -> None:
    methods = {"input": 0.2, "net fp32": 0.9, "net int8": 0.3, "net int8 gate": 0.31}
    rows = [
        row(condition, method, value)
        for condition in ("clean", "falling:1.0", "heavy", "light")
        for method, value in methods.items()
    ]
    for name in ("segmentation_espnet", "detection_yolox", "detection_yolo_fastest"):
        place = tmp_path / f"tasks_{name}.json"
        place.write_text(json.dumps({"rows": rows}), encoding="utf-8")

    told = list(task_rows(tmp_path))

    link = "[mIoU of ESPNet](benchmarks/results/tasks_segmentation_espnet.json)"
    cells = "20.0 | 30.0 | 31.0 | 50 % | helps, +10.0 (+5.0 to +20.0)"
    assert told[1] == f"| {link}, falling:1.0 | {cells} |"
    assert len(told) == 12


def test_the_readme_has_the_rows_that_were_measured() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")

    assert "\n".join(task_rows(PROJECT / "benchmarks" / "results")) in readme
