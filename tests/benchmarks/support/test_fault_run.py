from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.support.fault_run import Timed, Watch
from sinks.null import NullSink
from tests.support.patience import eventually


def test_a_sink_is_timed_and_otherwise_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([1.0, 1.25, 2.0, 2.125])
    clock = SimpleNamespace(perf_counter=lambda: next(times))
    monkeypatch.setattr("benchmarks.support.fault_run.time", clock)
    frame: Any = None
    sink = Timed(NullSink())

    sink.write(frame)
    sink.write(frame)

    assert sink.worst_ms == 250
    assert sink.encoder == "null"


def test_what_health_says_is_told_once_each_and_in_order() -> None:
    problems = iter(["", "away", "away", "overloaded"])

    class Pipeline:
        said = 0

        def snapshot(self) -> Any:
            self.said += 1
            return SimpleNamespace(problem=next(problems, ""))

    pipeline: Any = Pipeline()
    watch = Watch(pipeline, lambda: 0)
    eventually(lambda: pipeline.said > 5)
    watch.close()

    assert watch.health == "away → overloaded"
    assert watch.longest_gap_seconds > 0
