"""The tests that need a GPU, in this process: each result is written as it comes."""

from typing import Any

import pytest

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.subject import Subject
from benchmarks.support.measure import PROJECT

TESTS = PROJECT / "tests" / "gpu"
_HANG_S = 40
"""A test that fails to end in its own limit is in the driver: the process ends."""


class _Recorder:
    """Counts what passed, and keeps why the others did not."""

    def __init__(self, found: Findings) -> None:
        self._found, self._passed, self._failed = found, 0, 0

    def pytest_collection_finish(self, session: Any) -> None:
        self._found.note("collected", len(session.items))

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._found.note(report.nodeid, str(report.longrepr)[-500:])

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._failed += 1
            self._found.note(report.nodeid, str(report.longrepr)[-500:])
        elif report.when == "call" and report.passed:
            self._passed += 1
        self._found.note("tests", {"passed": self._passed, "failed": self._failed})


def suite(on: Subject, found: Findings) -> None:
    """Runs the tests with the mark `gpu`; a dry run only collects them."""
    words = ["-q", "-m", "gpu", "--no-header", "--tb=short", "-p", "no:cacheprovider"]
    words += ["-W", "default"]  # what packages there warn of says nothing of ours
    words += ["--collect-only"] if on.dry else []
    words += ["-o", f"faulthandler_timeout={_HANG_S}"]
    status = pytest.main([*words, str(TESTS)], plugins=[_Recorder(found)])
    found.note("status", int(status))
