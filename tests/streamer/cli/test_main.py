"""The program as a whole: how it starts, and how it ends."""

import pytest

from tests.conftest import MakeClip, in_a_fresh_python

pytestmark = pytest.mark.slow


def test_help_does_not_load_the_network() -> None:
    code = (
        "import sys; sys.argv = ['derain', '--help']\n"
        "from streamer.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'openvino'} & set(sys.modules)\n"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout


def test_a_thread_in_native_code_does_not_change_how_a_failed_run_ends() -> None:
    code = (
        "import sys, threading, cv2, numpy as np\n"
        "def busy():\n"
        "    large = np.zeros((2000, 2000, 3), np.uint8)\n"
        "    while True: cv2.GaussianBlur(large, (31, 31), 5)\n"
        "threading.Thread(target=busy, daemon=True).start()\n"
        "sys.argv = ['derain', 'run', 'nowhere.mp4', 'null:']\n"
        "from streamer.cli.main import main\n"
        "main()\n"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 1
    assert done.stderr.startswith("derain: nowhere.mp4")
    assert "terminate" not in done.stderr


@pytest.mark.parametrize(
    ("words", "completed"), [("ru", "run"), ("run --ti", "--tile")]
)
def test_a_shell_completes_commands_and_options(words: str, completed: str) -> None:
    code = (
        "import os, sys; sys.argv = ['derain']\n"
        "os.environ['_DERAIN_COMPLETE'] = 'complete_bash'\n"
        f"os.environ['COMP_WORDS'] = 'derain {words}'\n"
        f"os.environ['COMP_CWORD'] = '{len(words.split())}'\n"
        "from streamer.cli.start import main\n"
        "main()\n"
    )

    done = in_a_fresh_python(code)

    assert done.stdout.split() == [completed], done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", f"{'x' * 300}.mp4", "out.mp4"],
        ["run", "in.mp4", f"{'x' * 300}.mp4"],
        ["run", "in.mp4", "out.mp4", "--report", f"{'x' * 300}.json"],
    ],
)
def test_a_name_that_is_too_long_is_one_line(
    make_clip: MakeClip, arguments: list[str]
) -> None:
    clip = make_clip(frames=3)
    named = [str(clip) if word == "in.mp4" else word for word in arguments]

    done = in_a_fresh_python(
        "import sys\nfrom streamer.cli.main import main\n"
        f"sys.argv = ['derain', *{named!r}]\nmain()"
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"derain: {'x' * 300}.")
    assert done.stderr.endswith(": File name too long\n")


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--version"], 0, ""),
        (["run", "nowhere.mp4", "null:"], 1, "derain: nowhere.mp4: "),
    ],
)
def test_an_interrupt_at_the_very_end_changes_nothing(
    arguments: list[str], status: int, told: str
) -> None:
    code = (
        "import atexit, os, signal, sys\n"
        "def interrupted(kind): os.kill(os.getpid(), kind)\n"
        "atexit.register(interrupted, signal.SIGINT)\n"
        "atexit.register(interrupted, signal.SIGTERM)\n"
        f"sys.argv = ['derain', *{arguments!r}]\n"
        "from streamer.cli.main import main\n"
        "main()\n"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == status
    assert done.stderr.startswith(told)
    assert len(done.stderr.splitlines()) == bool(told)
