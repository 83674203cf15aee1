import json
from pathlib import Path

from benchmarks.gpu.findings import Findings


def test_each_finding_is_on_the_disk_before_the_next_one_begins(tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    found = Findings(path, 100.0)

    found.take("first", lambda: {"ms": 1})
    found.take("second", lambda: json.loads(path.read_text()))

    assert found.found["second"] == {"first": {"ms": 1}}


def test_a_finding_that_fails_says_why_and_costs_no_other(tmp_path: Path) -> None:
    found = Findings(tmp_path / "part.json", 100.0)

    found.take("broken", lambda: 1 / 0)
    found.take("whole", lambda: 2)

    assert found.found["broken"]["failed"] == "ZeroDivisionError: division by zero"
    assert found.found["whole"] == 2


def test_what_does_not_fit_the_time_left_is_left_out(tmp_path: Path) -> None:
    times = iter([0.0, 50.0, 98.0])
    found = Findings(tmp_path / "part.json", 100.0, lambda: next(times))

    found.take("fits", lambda: 1, least_s=40)
    found.take("does not", lambda: 2, least_s=40)

    assert found.found == {"fits": 1, "does not": {"left out": "2 s were left"}}
