"""Tests follow modules: that of `sinks/live/hls.py` is `tests/sinks/live/test_hls.py`.

A test file may be one of several of a module (`test_backend_memory.py`) and may be
named after a folder (`tests/model/test_weights.py`). `tests/without_namesakes.txt`
lists the modules that have no test file and the test files that have no module, each
with the reason.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.checkout

PACKAGES = (
    "benchmarks",
    "bin",
    "derain",
    "evaluation",
    "model",
    "sinks",
    "sources",
    "streamer",
    "training",
)
WITHOUT = PROJECT / "tests" / "without_namesakes.txt"
# What the reason begins with; "run by" and "tested in" are followed by a place.
KINDS = (
    "values only",
    "types only",
    "names only",
    "entry point, run by ",
    "GPU only, run by ",
    "tested in ",
    "whole program",
    "whole package",
    "not yet",
)


def table() -> dict[str, str]:
    """The listed files, each with its reason."""
    lines = WITHOUT.read_text("utf-8").splitlines()
    pairs = (line.partition(": ") for line in lines)
    return {path: reason for path, _, reason in pairs}


def modules() -> Iterator[str]:
    """Every module of the packages, as a path below the project."""
    for package in PACKAGES:
        for file in (PROJECT / package).rglob("*.py"):
            if not file.name.startswith("__"):
                yield file.relative_to(PROJECT).as_posix()


def files_of_tests() -> Iterator[str]:
    """Every test file of a package, as a path below the project."""
    for package in PACKAGES:
        for file in (PROJECT / "tests" / package).rglob("test_*.py"):
            yield file.relative_to(PROJECT).as_posix()


def place_of_test(module: str) -> str:
    """Where the test file of a module belongs."""
    path = Path("tests", module)
    return path.with_name(f"test_{path.name}").as_posix()


def is_named_after_code(test: str) -> bool:
    """Whether a module or a folder at the place has the test's name or its start."""
    place = PROJECT / Path(test).parent.relative_to("tests")
    words = Path(test).stem.removeprefix("test_").split("_")
    names = ("_".join(words[:count]) for count in range(1, len(words) + 1))
    return any(
        (place / f"{name}.py").is_file() or (place / name).is_dir() for name in names
    )


def test_every_module_has_a_test_file_or_a_reason() -> None:
    listed = table()

    missing = [
        module
        for module in modules()
        if not (PROJECT / place_of_test(module)).is_file() and module not in listed
    ]

    assert not missing, f"no test file, and no line in {WITHOUT.name}: {missing}"


def test_every_test_file_is_named_after_code_or_has_a_reason() -> None:
    listed = table()

    astray = [
        test
        for test in files_of_tests()
        if not is_named_after_code(test) and test not in listed
    ]

    assert not astray, f"no code of that name, and no line in {WITHOUT.name}: {astray}"


def test_a_reason_that_no_longer_holds_is_reported() -> None:
    gone = [path for path in table() if not (PROJECT / path).is_file()]
    paired = [
        path
        for path in table()
        if (PROJECT / place_of_test(path)).is_file()
        or (path.startswith("tests/") and is_named_after_code(path))
    ]

    assert not gone, f"{WITHOUT.name} lists files that are not there: {gone}"
    assert not paired, f"{WITHOUT.name} lists files that have a namesake: {paired}"


def test_every_reason_is_of_a_known_kind_and_its_places_exist() -> None:
    listed = table()

    unknown = {
        path: reason for path, reason in listed.items() if not reason.startswith(KINDS)
    }
    places = {
        place
        for reason in listed.values()
        for place in re.findall(r"tests/[\w./]*\w", reason)
    }

    assert not unknown
    assert not [place for place in sorted(places) if not (PROJECT / place).exists()]


def test_the_table_is_sorted_and_lists_a_file_once() -> None:
    lines = WITHOUT.read_text("utf-8").splitlines()

    assert [line.partition(": ")[0] for line in lines] == sorted(table())
