"""Options declared once, as fields of frozen values: type, default, help and range.

The command line, the TOML files and the library all read the same declaration:

    tile: Annotated[int | None, Option("Cut pictures into tiles.", least=1)] = None
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Option:
    """What an option means and may be."""

    help: str
    """One line, without the default."""
    names: tuple[str, ...] = ()
    """On the command line, where the field's own name is not enough."""
    choices: tuple[str, ...] = ()
    """The words that are known; none for any."""
    least: int | None = None
    """The smallest number that makes sense."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A field that is an option."""

    name: str
    kind: Any
    """Its type, such as `int | None`."""
    default: Any
    option: Option


def declared_in(kind: Any) -> Iterator[Declared]:
    """Yields the options of a dataclass, in the order of its fields."""
    hints = get_type_hints(kind, include_extras=True)
    for entry in fields(kind):
        hint = hints[entry.name]
        if get_origin(hint) is not Annotated:
            continue
        plain, *extras = get_args(hint)
        for option in extras:
            if isinstance(option, Option):
                yield Declared(entry.name, plain, entry.default, option)


def problem_in(value: Any) -> str:
    """Returns what is wrong with the first option out of its range; else nothing.

    Args:
        value: A dataclass whose fields are options.
    """
    for declared in declared_in(type(value)):
        given, option = getattr(value, declared.name), declared.option
        if given is None:
            continue
        if option.choices and given not in option.choices:
            words = ", ".join(option.choices)
            return f"{declared.name} must be one of {words}; got {given!r}"
        if option.least is not None and given < option.least:
            return f"{declared.name} must be {option.least} or more, got {given}"
    return ""
