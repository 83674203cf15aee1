"""Folders and files stay small; what is wider stands in `docs/architecture.md`."""

import re
from collections import Counter

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.checkout

PACKAGES = (
    *("sources", "model", "sinks", "streamer", "evaluation", "training", "derain"),
    *("benchmarks", "bin"),
)
MOST_MODULES, MOST_LINES = 12, 300


def test_folders_with_many_modules_are_listed_with_a_reason() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.partition("## What is wide or long")[2].partition("\nFunctions")[0]

    modules = Counter(
        path.parent.relative_to(PROJECT).as_posix()
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
        if path.name != "__init__.py"
    )

    wide = [folder for folder, count in modules.items() if count > MOST_MODULES]
    listed = re.findall(r"^\| `([^`]+)` \| .{20,}\|$", section, re.MULTILINE)
    assert sorted(wide) == sorted(listed)


def test_no_file_is_longer_than_a_reader_can_keep_in_mind() -> None:
    lines = {
        path.relative_to(PROJECT).as_posix(): len(path.read_bytes().splitlines())
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
    }

    assert not {path: n for path, n in lines.items() if n > MOST_LINES}
