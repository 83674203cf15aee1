"""The options of the command line, made from their declarations."""

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from streamer.cli.options import with_options
from streamer.settings import OPTIONS


def given_by(*words: str) -> Mapping[str, Any]:
    """Returns what a command with the options of a run is given by these words."""
    app, seen = typer.Typer(), []

    @app.command()
    @with_options(OPTIONS)
    def run(
        source: Annotated[str, typer.Argument()],
        given: Mapping[str, Any],
        quiet: Annotated[bool, typer.Option("--quiet")] = False,
    ) -> int:
        seen.append({"source": source, "quiet": quiet, **given})
        return 0

    result = CliRunner().invoke(app, ["clip.mp4", *words])
    assert result.exit_code == 0, result.output
    return seen[0]


def test_what_was_not_given_is_told_apart_from_every_default() -> None:
    given = given_by()

    assert given.pop("source") == "clip.mp4"  # type: ignore[attr-defined] # a dict
    assert given.pop("quiet") is False  # type: ignore[attr-defined] # a dict
    assert set(given) == set(OPTIONS)
    assert set(given.values()) == {None}


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (["--tile", "256"], "tile", 256),
        (["--crf", "20"], "quality", 20),
        (["--quality", "20"], "quality", 20),
        (["--compare"], "compare", True),
        (["--no-compare"], "compare", False),
        (["--require-gpu-decode"], "require_gpu_decode", True),
        (["--max-latency", "90"], "max_latency", 90),
        (["--json-log"], "json_log", True),
    ],
)
def test_an_option_comes_by_its_name(words: list[str], name: str, value: Any) -> None:
    assert given_by(*words)[name] == value


def test_every_option_says_what_it_is_for() -> None:
    assert all(option.option.help.endswith(".") for option in OPTIONS.values())


def test_the_help_names_extras_in_full() -> None:
    app = typer.Typer()

    @app.command()
    @with_options(OPTIONS)
    def run(given: Mapping[str, Any]) -> int:
        return 0

    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output

    assert "derain[web]" in shown
    assert "derain[mqtt]" in shown
