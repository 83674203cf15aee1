"""The README's table of what deraining does for judges, from `tasks_*.json`.

`python -m benchmarks.support.tables.tasks` prints its rows; a test holds the README to
them.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.support.measure import RESULTS

_JUDGES = {
    "segmentation_espnet": ("mIoU of ESPNet", "miou"),
    "detection_yolox": ("AP50 of YOLOX-nano", "ap50"),
    "detection_yolo_fastest": ("AP50 of YOLO-Fastest", "ap50"),
}
_CONDITIONS = ("clean", "falling:1.0", "heavy", "light")

Row = Mapping[str, Any]


def task_rows(folder: Path = RESULTS) -> Iterator[str]:
    """Yields a row for each judge and condition, of the int8 network.

    Raises:
        KeyError: A condition or method is not in the file.
    """
    for name, (title, metric) in _JUDGES.items():
        path = folder / f"tasks_{name}.json"
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        link = f"[{title}](benchmarks/results/{path.name})"
        for condition in _CONDITIONS:
            of_methods = {
                _kind(row["method"]): row
                for row in rows
                if row["condition"] == condition and "fp32" not in row["method"]
            }
            cells = _cells(of_methods, metric)
            yield f"| {link}, {condition} | {' | '.join(cells)} |"


def _kind(method: str) -> str:
    if method == "input":
        return method
    return "gate" if "gate" in method.split() else "derained"


def _cells(rows: Mapping[str, Row], metric: str) -> Iterator[str]:
    for kind in ("input", "derained", "gate"):
        yield f"{100 * rows[kind]['values'][metric]:.1f}"
    gap = rows["derained"]["gap_closed"].get(metric)
    yield "" if gap is None else f"{100 * gap:.0f} %"
    found = rows["derained"]["difference_to_input"][metric]
    value, low, high = (100 * found[part] for part in ("value", "low", "high"))
    yield f"{found['verdict']}, {value:+.1f} ({low:+.1f} to {high:+.1f})"


if __name__ == "__main__":
    sys.stdout.write("\n".join(task_rows()) + "\n")
