"""Each contract of `[tool.importlinter]` is broken on a copy: a law that nothing breaks
may be guarding nothing."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.checkout]

LAW = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]
ROOTS: list[str] = LAW["root_packages"]


def layers_of(contract: dict[str, Any], container: str) -> list[list[str]]:
    """A container's layers from above; of each the modules that are there."""
    names = (re.findall(r"[\w.]+", layer) for layer in contract["layers"])
    layers = ([f"{container}.{name}" for name in layer] for layer in names)
    there = ([name for name in layer if file_of(name, PROJECT)] for layer in layers)
    return [layer for layer in there if layer]


def file_of(module: str, root: Path) -> Path | None:
    """Where the code of a module stands; None for modules of others."""
    place = root.joinpath(*module.split("."))
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


def forbidden_by(contract: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of a module and what it must not import, enough to try all that is said."""
    if contract["type"] == "forbidden":
        yield from product(contract["source_modules"], contract["forbidden_modules"])
    elif contract["type"] == "layers":
        for container in contract["containers"]:
            for above, below in pairwise(layers_of(contract, container)):
                yield below[0], above[0]
                yield from pairwise(below)
    else:
        raise NotImplementedError(f"no way to break a contract of {contract['type']}")


def lint(root: Path, contract: dict[str, Any]) -> str:
    """What lint-imports says of one contract on the copy."""
    lines = ["[importlinter]", "root_packages =", *(f"    {name}" for name in ROOTS)]
    lines += ["include_external_packages = True", "[importlinter:contract:it]"]
    for key, value in contract.items():
        listed = isinstance(value, list)
        lines += [f"{key} =", *(f"    {one}" for one in value)] if listed else []
        lines += [] if listed else [f"{key} = {value}"]
    config = root / "law.ini"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(program), "--no-logo", "--cache-dir", str(root / "cache"), str(config)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(root), "COLUMNS": "400"},
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    for name in ROOTS:
        shutil.copytree(
            PROJECT / name, root / name, ignore=shutil.ignore_patterns("*.safetensors")
        )
    return root


@pytest.mark.parametrize("contract", LAW["contracts"], ids=lambda law: law["name"])
def test_a_forbidden_import_breaks_the_contract(
    copied: Path, contract: dict[str, Any]
) -> None:
    pairs = list(forbidden_by(contract))
    before: dict[Path, bytes] = {}
    assert "1 kept, 0 broken" in lint(copied, contract)

    for importer, imported in pairs:
        file = file_of(importer, copied)
        assert file is not None, f"{contract['name']}: there is no {importer}"
        assert "." not in imported or file_of(imported, copied), imported
        before.setdefault(file, file.read_bytes())
        with file.open("a", encoding="utf-8") as code:
            code.write(f"\nimport {imported}\n")
    try:
        said = lint(copied, contract)
    finally:
        for file, code_before in before.items():
            file.write_bytes(code_before)

    assert "0 kept, 1 broken" in said
    for importer, imported in pairs:
        assert re.search(rf"{importer} -> {imported} \(l\.", said), (importer, imported)
