"""The JSON of an evaluation by a judge: every figure, and what it came from."""

import json
import math
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluation.provenance import versions
from evaluation.tasks.figures.comparison import Difference
from evaluation.tasks.outcome import TaskEvaluation, TaskRow
from evaluation.tasks.paper_table import printed_tables
from model.whole_file import write_whole


def write_task_json(evaluation: TaskEvaluation, path: Path) -> None:
    """Writes the whole evaluation; what was there before is replaced at once."""
    text = json.dumps(as_json(evaluation), indent=1, allow_nan=False)
    write_whole(path, text + "\n")


def as_json(evaluation: TaskEvaluation) -> dict[str, Any]:
    """Returns the evaluation as plain values: shares of 1, null where there is none."""
    labelled = evaluation.labelled
    return {
        "task": labelled.task,
        "set": labelled.name,
        "root": Path(labelled.root).name,
        "expected": labelled.expected,
        "measured": len(evaluation.samples),
        "complete": evaluation.complete,
        "problems": list(evaluation.problems),
        "notes": list(evaluation.notes),
        "judge": {
            **evaluation.judge.facts,
            "classes": list(evaluation.judge.labels),
            "floor_percent": evaluation.judge.floor,
        },
        "classes": list(evaluation.classes.names),
        "threshold": evaluation.threshold,
        "metrics": [
            {"name": m.name, "title": m.title, "definition": m.definition}
            for m in evaluation.metrics
        ]
        + [{"name": n, "title": t, "definition": d} for n, t, d in evaluation.extra],
        "rows": [_row(evaluation, row) for row in evaluation.rows],
        "paper": [
            {
                "table": p.title,
                "columns": list(p.columns),
                "rows": list(map(list, p.rows)),
            }
            for p in printed_tables(labelled.task, labelled.name)
        ],
        "versions": {
            "python": sys.version.split()[0],
            "machine": platform.machine(),
            **versions(),
        },
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _row(evaluation: TaskEvaluation, row: TaskRow) -> dict[str, Any]:
    names = evaluation.classes.names
    return {
        "condition": row.condition,
        "method": row.method,
        **row.facts,
        "seconds_per_picture": row.seconds,
        "values": _numbers(row.values),
        "gap_closed": {
            n: None if g is None else round(g, 6) for n, g in row.gap.items()
        },
        "difference_to_input": {n: _apart(d) for n, d in row.differences.items()},
        "classes": {
            figure: {n: _number(v) for n, v in zip(names, values, strict=True)}
            for figure, values in row.class_values.items()
        },
        "pictures": {
            name: _number(value)
            for name, value in zip(evaluation.samples, row.pictures, strict=False)
        },
    }


def _apart(apart: Difference | None) -> dict[str, Any] | None:
    if apart is None:
        return None
    return {
        "value": round(apart.value, 6),
        "low": round(apart.low, 6),
        "high": round(apart.high, 6),
        "verdict": apart.verdict,
    }


def _numbers(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
