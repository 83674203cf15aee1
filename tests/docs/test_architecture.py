import re
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.checkout

PAGE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
TREE = PAGE.partition("## The tree")[2].partition("## The law")[0]
TOP = (
    *("sources", "model", "sinks", "streamer", "evaluation", "training", "derain"),
    *("configs", "benchmarks", "bin"),
)


def shown() -> list[str]:
    """Folders of the page's tree, from the indentation of its lines."""
    path: list[str] = []
    found = []
    for line in TREE.splitlines():
        entry = re.match(r"^ {4}((?:  )*)(\w+)/ ", line)
        if entry:
            depth = len(entry[1]) // 2
            path = [*path[:depth], entry[2]]
            found.append("/".join(path))
    return found


def there() -> set[str]:
    folders = (
        file.parent.relative_to(PROJECT)
        for top in TOP
        for file in (PROJECT / top).rglob("*.*")
        if file.is_file() and "__pycache__" not in file.parts
    )
    names = {str(folder) for folder in folders}
    parents = {str(up) for name in names for up in Path(name).parents}
    return (names | parents) - {"."}


def test_the_tree_has_every_folder_once_with_a_line() -> None:
    found = shown()

    assert sorted(found) == sorted(set(found))
    assert set(found) - {"docs", "tests"} == there()
