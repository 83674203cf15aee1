"""The JSON of an evaluation: every picture, every mean, and what they came from."""

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluation.measures import Measure
from evaluation.paper import PAPER_PROTOCOLS, paper_rows
from evaluation.provenance import versions
from evaluation.result_cache import writable
from evaluation.scores import Evaluation, Mean, MethodResult, Score
from model.whole_file import write_whole


def write_json(evaluation: Evaluation, path: Path) -> None:
    """Writes the whole evaluation; what was there before is replaced at once."""
    text = json.dumps(as_json(evaluation), indent=1, allow_nan=False)
    write_whole(path, text + "\n")


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Returns the evaluation as plain values; infinity is the string `inf`."""
    test_set = evaluation.test_set
    return {
        "set": test_set.name,
        "root": test_set.root,
        "expected": test_set.expected,
        "found": test_set.found,
        "complete": _is_complete(evaluation),
        "problems": list(evaluation.problems),
        "notes": list(evaluation.remarks),
        "measures": [_measure(measure) for measure in evaluation.measures],
        "paper_protocols": dict(PAPER_PROTOCOLS),
        "paper": [
            {"method": row.method, "table": row.table, "values": row.values}
            for row in paper_rows(test_set.name, evaluation.variants)
        ],
        "results": [_result(evaluation, result) for result in evaluation.results],
        "versions": _versions(),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _is_complete(evaluation: Evaluation) -> bool:
    return all(
        evaluation.test_set.is_whole(len(result.scores))
        for result in evaluation.results
    )


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "protocol": measure.protocol,
        "definition": measure.definition,
        "unit": measure.unit,
        "higher_is_better": measure.higher_is_better,
        "parameter_sha256": measure.file_hash or None,
        "obstacle": measure.obstacle or None,
    }


def _result(evaluation: Evaluation, result: MethodResult) -> dict[str, Any]:
    means = {m.name: _mean(result.mean(m)) for m in evaluation.measures}
    return {
        "name": result.name,
        **result.facts,
        "measured": evaluation.counted(result),
        "seconds_per_picture": None if "results" in result.facts else result.seconds,
        "mean": means,
        "pictures": [_picture(score) for score in result.scores],
        "problems": list(result.problems),
    }


def _mean(mean: Mean | None) -> dict[str, Any] | None:
    if mean is None:
        return None
    return {
        "value": writable(mean.value),
        "low": writable(mean.low),
        "high": writable(mean.high),
        "count": mean.count,
        "infinite": mean.infinite,
    }


def _picture(score: Score) -> dict[str, Any]:
    values = {name: writable(value) for name, value in score.values.items()}
    return {"name": score.sample, "values": values, "seconds": score.seconds}


def _versions() -> dict[str, str]:
    python = sys.version.split()[0]
    return {"python": python, "machine": platform.machine(), **versions()}
