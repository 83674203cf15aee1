"""The options of `derain run`, made from their declarations in `streamer.settings`.

A command writes one parameter, `given`, in the place of them all, and gets those that
the user gave, by name; an option that was not given is None.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from sources.options import Declared

_GIVEN = "given"


def with_options(
    options: Mapping[str, Declared],
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Returns a decorator that gives a Typer command these options for `given`."""

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def called(**everything: Any) -> int:
            given = {name: everything.pop(name) for name in options}
            return command(**everything, **{_GIVEN: given})

        own = signature(command, eval_str=True)
        parameters = list(_expanded(own.parameters.values(), options))
        called.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined] # how inspect is told
        return called

    return decorated


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
    default = "" if option.default in (None, False) else f" ({option.default})"
    name = option.name.replace("_", "-")
    is_switch = option.kind is bool
    names = option.option.names or ((f"--{name}/--no-{name}",) if is_switch else ())
    info = typer.Option(*names, help=option.option.help + default)
    return Annotated[option.kind | None, info]
