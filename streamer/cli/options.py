"""The options of a command, made from their declarations (`sources.settings.options`).

A command writes one parameter, `given`, in the place of them all, and gets those that
the user gave, by name; an option that was not given is None.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar

import typer
from rich.markup import escape

from sources.settings.options import Declared, declared_in, problem_in

_GIVEN = "given"
_Result = TypeVar("_Result")
_Options = TypeVar("_Options")


def with_options(
    options: Mapping[str, Declared],
) -> Callable[[Callable[..., _Result]], Callable[..., _Result]]:
    """Returns a decorator that gives a Typer command these options for `given`."""

    def decorated(command: Callable[..., _Result]) -> Callable[..., _Result]:
        @wraps(command)
        def called(**everything: Any) -> _Result:
            given = {name: everything.pop(name) for name in options}
            return command(**everything, **{_GIVEN: given})

        own = signature(command, eval_str=True)
        parameters = list(_expanded(own.parameters.values(), options))
        called.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined] # how inspect is told
        return called

    return decorated


def options_of(*kinds: Any) -> Mapping[str, Declared]:
    """Returns the options of dataclasses by their names, in the order of the fields."""
    return {one.name: one for kind in kinds for one in declared_in(kind)}


def value_of(kind: type[_Options], given: Mapping[str, Any]) -> _Options:
    """Returns a dataclass of options from those that were given.

    Args:
        kind: Its fields have defaults; `given` may hold options of others, too.
        given: None for what was not given.

    Raises:
        typer.BadParameter: One is out of its range.
    """
    names = {one.name for one in declared_in(kind)}
    said = {
        name: entry
        for name, entry in given.items()
        if name in names and entry is not None
    }
    made = kind(**said)
    if problem := problem_in(made):
        raise typer.BadParameter(f"--{problem}")
    return made


def _expanded(parameters: Any, options: Mapping[str, Declared]) -> Iterator[Parameter]:
    for parameter in parameters:
        if parameter.name != _GIVEN:
            yield parameter.replace(kind=Parameter.KEYWORD_ONLY)
            continue
        for option in options.values():
            yield Parameter(
                option.name,
                Parameter.KEYWORD_ONLY,
                default=None,
                annotation=_annotation(option),
            )


def _annotation(option: Declared) -> Any:
    """Returns the type as Typer reads it: optional, so that not given is told apart."""
    default = "" if option.default in (None, False, "") else f" ({option.default})"
    name = option.name.replace("_", "-")
    is_switch = option.kind is bool
    names = option.option.names or ((f"--{name}/--no-{name}",) if is_switch else ())
    info = typer.Option(*names, help=escape(option.option.help + default))
    return Annotated[option.kind | None, info]
