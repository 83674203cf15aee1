"""Lays the packages below `derain/` in the wheel, and renames them in their code.

In a checkout they are `model`, `sources` and so on, at the top. Installed so, they
would break beside a user's own `model.py`. Here each name of a module of ours gets
`derain.` before it: in imports, and in strings that are such a name (tables, `-m`).
"""

import ast
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FACE = "derain"
PACKAGES = ("streamer", "model", "sources", "sinks", "training", "evaluation")
DATA = ("configs",)
_ONLY_IN_A_CHECKOUT = ("checkout.py",)
_TAKES_A_MODULE = {"files", "find_spec", "import_module"}
_OPENING = re.compile(rb"[rRuU]?(\"\"\"|'''|\"|')")
_ANY = "|".join(PACKAGES)
_CODE = re.compile(rf"\b(?:from|import) (?:{_ANY})\b")
_IN_CODE = re.compile(rf"(?:\b|(?<=\\n))(from )(?=(?:{_ANY})(?:\.\w+)* import\b)")
_TEMPLATE = re.compile(rf"^(\s*from )(?=(?:{_ANY})(?:\.\w+)* import\b)", re.MULTILINE)
_NAME = re.compile(rf"(?:{_ANY})(?:\.[A-Za-z_]\w*)*")


class WheelHook(BuildHookInterface[Any]):
    """What hatchling calls when it builds the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes the renamed tree; an editable install is the checkout itself."""
        if version == "editable":
            return
        self._made = tempfile.TemporaryDirectory(prefix="derain-wheel-")
        face = Path(self._made.name) / FACE
        lay_below(Path(self.root), face)
        build_data["force_include"][str(face)] = FACE

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Takes the tree away again."""
        del build_data, artifact_path
        if version != "editable":
            self._made.cleanup()


def lay_below(root: Path, face: Path) -> None:
    """Writes the tree of the wheel: the face, the packages and their data, renamed.

    Raises:
        ValueError: Some code names a package in a way that cannot be renamed.
    """
    renamer = Renamer(modules_in(root))
    for package in (*PACKAGES, *DATA):
        copy_renamed(root / package, face / package, renamer)
    copy_renamed(root / FACE, face, renamer, leave_out=_ONLY_IN_A_CHECKOUT)


def modules_in(root: Path) -> frozenset[str]:
    """Returns the dotted names of all modules and packages of ours."""
    files = (file for package in PACKAGES for file in (root / package).rglob("*.py"))
    names = (file.relative_to(root).with_suffix("").parts for file in files)
    return frozenset(".".join(name).removesuffix(".__init__") for name in names)


def copy_renamed(
    source: Path, target: Path, renamer: "Renamer", leave_out: Iterable[str] = ()
) -> None:
    """Copies a folder: code is renamed, all else stays byte by byte."""
    for file in sorted(source.rglob("*")):
        if file.is_dir() or file.name in leave_out or "__pycache__" in file.parts:
            continue
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".py":
            place.write_bytes(renamer.renamed(file.read_bytes(), str(file)))
        else:
            shutil.copyfile(file, place)


@dataclass(frozen=True)
class Edit:
    """A span of bytes of a file, and what comes in its place."""

    begin: int
    end: int
    text: bytes


class Renamer:
    """Puts `derain.` before the names of known modules in Python code."""

    def __init__(self, modules: frozenset[str]) -> None:
        """Takes all modules' dotted names, as they are in a checkout."""
        self._modules = modules

    def renamed(self, code: bytes, where: str) -> bytes:
        """Returns the code with its modules renamed; every other byte stays.

        Raises:
            ValueError: A name is used in a form that cannot be renamed.
        """
        text = _Text(code, where)
        edits = {
            edit for node in _walk(ast.parse(code)) for edit in self._of(node, text)
        }
        for edit in sorted(edits, key=lambda edit: edit.begin, reverse=True):
            code = code[: edit.begin] + edit.text + code[edit.end :]
        return code

    def _of(self, node: ast.AST, text: "_Text") -> Iterator[Edit]:
        match node:
            case ast.ImportFrom(module=str(module), level=0) if _ours(module):
                yield text.inserted(node, before=module)
            case ast.Import(names=names):
                yield from (self._imported(n, text) for n in names if _ours(n.name))
            case ast.Call(args=[ast.Constant(value=str(name)) as first, *_]):
                if name in PACKAGES and _called(node) in _TAKES_A_MODULE:
                    yield text.inserted(first, before=name)
            case ast.JoinedStr():
                yield from text.imports_in(node)
            case ast.Constant(value=str(value)):
                yield from self._in_string(node, value, text)

    def _imported(self, alias: ast.alias, text: "_Text") -> Edit:
        """`import model` must go on to bind `model`."""
        if "." in alias.name and alias.asname is None:
            raise text.refusal(alias, f"write 'from ... import' for {alias.name}")
        as_before = "" if alias.asname else f" as {alias.name}"
        whole = f"{FACE}.{alias.name}{as_before}".encode()
        begin = text.begin(alias)
        return Edit(begin, begin + len(alias.name), whole)

    def _in_string(self, node: ast.Constant, value: str, text: "_Text") -> list[Edit]:
        if self._names_a_module(value):
            return [text.inserted(node, before=value.partition(".")[0])]
        if _CODE.search(value) and _is_code(value):
            whole = self.renamed(value.encode(), text.where).decode()
            return [Edit(text.begin(node), text.end(node), repr(whole).encode())]
        if _TEMPLATE.search(value):  # code with places to fill in, or in prose
            whole = _TEMPLATE.sub(rf"\g<1>{FACE}.", value)
            return [Edit(text.begin(node), text.end(node), repr(whole).encode())]
        return []

    def _names_a_module(self, value: str) -> bool:
        """A dotted module, or something in one; `model` alone may mean anything."""
        if not _NAME.fullmatch(value):
            return False
        first_two = ".".join(value.split(".")[:2])
        return "." in value and first_two in self._modules


class _Text:
    """A file's bytes, and where the nodes of its tree stand in them."""

    def __init__(self, code: bytes, where: str) -> None:
        self.where = where
        self._code = code
        self._lines = [0]
        for line in code.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def begin(self, node: Any) -> int:
        return int(self._lines[node.lineno - 1] + node.col_offset)

    def end(self, node: Any) -> int:
        return int(self._lines[node.end_lineno - 1] + node.end_col_offset)

    def inserted(self, node: Any, *, before: str) -> Edit:
        """The edit that puts the face's name before a word at the node's beginning."""
        at = self._code[self.begin(node) : self.end(node)]
        opening = _OPENING.match(at) or re.match(rb"from\s+", at)
        begin = opening.end() if opening else 0
        if not at[begin:].startswith(before.encode()):
            raise self.refusal(node, f"{before!r} does not stand where it begins")
        place = self.begin(node) + begin
        return Edit(place, place, f"{FACE}.".encode())

    def imports_in(self, node: ast.JoinedStr) -> Iterator[Edit]:
        """Imports in code that an f-string makes."""
        begin = self.begin(node)
        segment = self._code[begin : self.end(node)].decode()
        for found in _IN_CODE.finditer(segment):
            place = begin + len(segment[: found.end()].encode())
            yield Edit(place, place, f"{FACE}.".encode())

    def refusal(self, node: Any, why: str) -> ValueError:
        return ValueError(f"{self.where}:{node.lineno}: cannot be renamed: {why}.")


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the literal parts of f-strings: Python 3.11 misplaces those."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from _walk(child)


def _ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def _called(call: ast.Call) -> str:
    """The last part of what is called: `files` of `resources.files(...)`."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _is_code(value: str) -> bool:
    try:
        tree = ast.parse(value)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree))
