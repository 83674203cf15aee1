"""Reads settings from TOML files and checks their keys and types.

For the settings of runs and of training alike; each turns `TomlError` into its own.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

_WORDS: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


class TomlError(ValueError):
    """A TOML file cannot be used; the message is one line that names it."""


def table_in(path: Path) -> dict[str, Any]:
    """Reads a TOML file.

    Raises:
        TomlError: The file is unreadable or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TomlError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TomlError(f"{path} is no valid TOML: {error}") from None


def checked(
    table: Mapping[str, Any], kinds: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """Returns the table with its values in the types of the settings.

    Args:
        table: As the file has it.
        kinds: The type of each key that is known.
        where: The file, for messages.

    Raises:
        TomlError: A key is unknown or a value has another type.
    """
    for key in table:
        if key not in kinds:
            names = ", ".join(kinds)
            told = f"unknown key {key!r}{_meant(key, kinds)}"
            raise TomlError(f"{where}: {told}; known: {names}")
    return {key: _fit(table[key], kinds[key], f"{where}: {key}") for key in table}


def _meant(key: str, known: Iterable[str]) -> str:
    """Returns a question for the key that is likeliest meant; empty if none is near."""
    near = get_close_matches(key, [*known], n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _fit(value: Any, kind: Any, where: str) -> Any:
    """Returns the value in its type; a list becomes a tuple, a table a dataclass."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(value, list):
        return tuple(_fit(item, parts[0], where) for item in value)
    if origin is dict and isinstance(value, dict):
        return {key: _fit(item, parts[1], where) for key, item in value.items()}
    if is_dataclass(kind) and isinstance(value, dict):
        return _record(value, kind, where)
    kinds = _kinds_of(kind)
    if float in kinds and type(value) is int:
        return float(value)
    if type(value) not in kinds:  # exactly: to Python, True is an int too
        raise TomlError(f"{where} must be {_name_of(kind)}, got {value!r}")
    return value


def _record(table: dict[str, Any], kind: Any, where: str) -> Any:
    needed = {part.name for part in fields(kind) if part.default is MISSING}
    if missing := sorted(needed - table.keys()):
        raise TomlError(
            f"{where} must be {_name_of(kind)}, got one without {missing[0]}"
        )
    return kind(**checked(table, get_type_hints(kind), where))


def _kinds_of(kind: Any) -> tuple[Any, ...]:
    if isinstance(kind, UnionType):
        return tuple(part for part in get_args(kind) if part is not NoneType)
    return (kind,)


def _name_of(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return f"a list, each entry {_name_of(get_args(kind)[0])}"
    if get_origin(kind) is dict:
        return f"a table of names, each with {_name_of(get_args(kind)[1])}"
    if is_dataclass(kind):
        return "a table of " + ", ".join(part.name for part in fields(kind))
    return " or ".join(_WORDS.get(part, str(part)) for part in _kinds_of(kind))
