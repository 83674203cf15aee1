"""What is long stands in `docs/architecture.md`, with its reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PACKAGES = (
    *("sources", "model", "sinks", "streamer", "evaluation", "training", "derain"),
    *("benchmarks", "bin"),
)
MOST_LINES, MOST_PARAMETERS = 45, 8
KERNELS = Path("model/backends/triton/kernels")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[Path, Function]]:
    for package in PACKAGES:
        for path in sorted((PROJECT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, Function):
                    yield path.relative_to(PROJECT), node


def parameters(node: Function) -> int:
    given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    return sum(each.arg not in {"self", "cls"} for each in given)


def section() -> str:
    text = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return text.partition("\nFunctions over 45 lines")[2].partition("\n## ")[0]


@pytest.mark.checkout
@pytest.mark.slow
def test_long_functions_and_many_parameters_are_listed_with_a_reason() -> None:
    found = list(functions())

    long = [
        (path.as_posix(), node.name)
        for path, node in found
        if (node.end_lineno or 0) - node.lineno >= MOST_LINES
    ]
    many = {path for path, node in found if parameters(node) > MOST_PARAMETERS}

    listed = re.findall(
        r"^\| `([^`]+)` `([^`]+)` \| .{20,}\|$", section(), re.MULTILINE
    )
    assert sorted(long) == sorted(listed)
    elsewhere = {path.as_posix() for path in many if path.parent != KERNELS}
    told = section().rpartition("|\n")[2]
    assert elsewhere == set(re.findall(r"`([\w/]+\.py)`", told))
