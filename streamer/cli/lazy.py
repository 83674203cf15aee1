"""Commands that are imported when they run, so that `derain --help` stays fast.

A command whose module is not there, or not yet, is simply absent.
"""

import gc
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Entry(NamedTuple):
    """Where a command lives: `module` holds a function named `function`."""

    module: str
    function: str
    help: str
    """One line for the list of commands."""
    by_first: Mapping[str, tuple[str, str]] = MappingProxyType({})
    """Module and function for a first argument that means another command."""

    def chosen(self, args: Sequence[str]) -> "Entry":
        """Returns where the command lives that these arguments ask for."""
        if not args or args[0] not in self.by_first:
            return self
        module, function = self.by_first[args[0]]
        return self._replace(module=module, function=function)


_TASKS = ("streamer.cli.evaluate.tasks", "evaluate_tasks_command")


COMMANDS = {
    "run": Entry("streamer.cli.run.command", "run", "Remove the rain from a video."),
    "fleet": Entry(
        "streamer.cli.ray.fleet", "fleet", "Keep live streams running on many machines."
    ),
    "discover": Entry(
        "streamer.cli.discover", "discover", "List the cameras of the network."
    ),
    "status": Entry(
        "streamer.cli.library.status", "status", "Say what is done of a library."
    ),
    "models": Entry("streamer.cli.networks.models", "models", "List the networks."),
    "evaluate": Entry(
        "streamer.cli.evaluate.command",
        "evaluate_command",
        "Score a network on a set.",
        MappingProxyType({"detection": _TASKS, "segmentation": _TASKS}),
    ),
    "rain": Entry(
        "streamer.cli.rain.command", "rain_command", "Make it rain on what is dry."
    ),
    "train": Entry("streamer.cli.train", "train_command", "Train a network."),
    "calibrate": Entry(
        "streamer.cli.networks.calibrate",
        "calibrate",
        "Make a network run in int8 on the CPU.",
    ),
    "import-tf": Entry(
        "streamer.cli.networks.import_tf", "import_tf", "Convert TensorFlow weights."
    ),
    "export": Entry(
        "streamer.cli.networks.export", "export", "Write a network as ONNX."
    ),
    "bench": Entry("streamer.cli.bench.command", "bench", "Measure the networks here."),
    "doctor": Entry(
        "streamer.cli.doctor.command",
        "doctor",
        "Say what this machine can do, and why not.",
    ),
}


class _Unloaded(TyperCommand):
    """Stands for a command in the list; becomes the real one when it is called."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help)
        self._entry = entry

    def make_context(
        self, info_name: str | None, args: list[str], *rest: Any, **more: Any
    ) -> Any:
        loaded = self.load(args)
        return loaded.make_context(info_name, args, *rest, **more)

    def load(self, args: Sequence[str] = ()) -> Any:
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        entry = self._entry.chosen(args)
        function = getattr(_imported(entry.module), entry.function)
        single.command(self.name)(function)
        return typer.main.get_command(single)


def _imported(name: str) -> ModuleType:
    """Imports a command; what is loaded stays, so that no garbage is looked for.

    That takes a tenth of the time otherwise.
    """
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.enable()


class InterruptedCommand(Exception):  # noqa: N818 - nothing went wrong
    """Ctrl-C or SIGTERM ended a command that had nothing to say about it."""


class LazyGroup(TyperGroup):
    """The group of all commands that are installed."""

    def invoke(self, ctx: Any) -> Any:
        """Runs a command. Ctrl-C leaves as an exception: Typer would swallow it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise InterruptedCommand from stop

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Returns a command; where there is none, proposes what is likeliest meant."""
        first = args[0] if args else ""
        known = self.list_commands(ctx)
        meant = "" if first in known else _meant(first, known)
        if meant and not ctx.resilient_parsing:
            ctx.fail(f"No such command {first!r}. Did you mean {meant!r}?")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """Returns their names, in the order a user needs them."""
        return [name for name, entry in COMMANDS.items() if find_spec(entry.module)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Returns a command that loads itself; None if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return _Unloaded(cmd_name, COMMANDS[cmd_name])


def _meant(first: str, known: Sequence[str]) -> str:
    """Returns the command that is likeliest meant; of a source, `run` with it."""
    if "://" in first or Path(first).suffix or Path(first).exists():
        return f"run {first}"
    near = get_close_matches(first, known, n=1)
    return near[0] if near else ""
