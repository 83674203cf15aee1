"""The first moments of the program, when most of it is not loaded yet."""

import signal

import pytest

from tests.conftest import in_a_fresh_python

CODE = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.{kind})
        return None

from streamer.cli.start import main
sys.meta_path.insert(0, Interrupting())
sys.argv = ["derain", *{arguments!r}]
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("arguments", [["--help"], ["run", "a.mp4", "b.mp4"]])
def test_an_interrupt_while_the_program_is_loaded_is_one_line(
    kind: str, arguments: list[str]
) -> None:
    done = in_a_fresh_python(CODE.format(name="typer", kind=kind, arguments=arguments))

    assert done.returncode == 130
    assert done.stderr == "derain: interrupted\n"


@pytest.mark.slow
def test_an_interrupt_while_a_command_is_loaded_is_one_line() -> None:
    name = "streamer.cli.run.command"

    done = in_a_fresh_python(
        CODE.format(name=name, kind="SIGINT", arguments=["run", "a.mp4", "b.mp4"])
    )

    assert done.returncode == 130
    assert done.stderr == "derain: interrupted\n"


@pytest.mark.slow
def test_an_interrupt_before_the_first_module_of_ours_ends_without_a_word() -> None:
    start = "from streamer.cli.start import main"
    code = CODE.format(name="streamer.cli.start", kind="SIGINT", arguments=["models"])

    done = in_a_fresh_python(code.replace(start, "from derain.__main__ import main"))

    assert done.returncode == -signal.SIGINT
    assert done.stderr == ""


@pytest.mark.slow
def test_an_interrupt_that_the_shell_ignores_stays_ignored() -> None:
    start = "from streamer.cli.start import main"
    code = CODE.format(name="streamer.cli.start", kind="SIGINT", arguments=["--help"])
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"

    done = in_a_fresh_python(
        ignoring + code.replace(start, "from derain.__main__ import main")
    )

    assert (done.returncode, done.stderr) == (0, "")
