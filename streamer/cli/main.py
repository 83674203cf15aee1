"""The program `derain`: finds the command, and turns errors into one clear line.

Exit status: 0 done, 1 failed, 2 bad arguments, 130 interrupted.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, NoReturn

import typer

from streamer.cli import INTERRUPTED
from streamer.cli.interrupts import interrupt
from streamer.cli.lazy import InterruptedCommand, LazyGroup

_LAST_MOMENT_SECONDS = 0.5
_BASE_ERRORS = {
    "model.errors": "ModelError",
    "sources.errors": "SourceError",
    "sinks.errors": "SinkError",
    "streamer.errors": "StreamerError",
    "training.errors": "TrainingError",
    "evaluation.errors": "EvaluationError",
}
"""The one error of each package that a user can do something about."""

app = typer.Typer(
    cls=LazyGroup,
    name="derain",
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Takes the rain out of video.",
)


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        typer.echo(f"derain {version('derain')}")
    except PackageNotFoundError:
        typer.echo("derain (not installed: run from its sources)")
    raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show it and exit."
        ),
    ] = False,
) -> None:
    """Takes the rain out of video."""


def main() -> NoReturn:
    """Runs the command line; ends the process with its exit status."""
    try:
        signal.signal(signal.SIGTERM, interrupt)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, interrupt)
        status = app(standalone_mode=False)
    except (KeyboardInterrupt, InterruptedCommand):
        _hear_no_more()  # `timeout`, for one, sends SIGTERM twice
        _complain("interrupted")  # what was kept, the command knows and says
        _leave(INTERRUPTED)
    except Exception as error:
        if os.environ.get("DERAIN_DEBUG"):
            raise
        _leave(_explain(error))
    _leave(status if isinstance(status, int) else 0)


def _leave(status: int) -> NoReturn:
    """Ends the process, whatever its threads are at.

    Python before 3.14, when it ends, ends a daemon thread that comes back from native
    code with `pthread_exit`. If C++ is on that thread's stack, as in OpenVINO, PyTorch
    and OpenCV, the process dies of "terminate called without an active exception" and
    status 134 (https://github.com/python/cpython/issues/87135). So such threads are
    given a moment, and the process ends without Python's own end if one is left.
    """
    _hear_no_more()
    if _at_work_after(_LAST_MOMENT_SECONDS):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # a closed pipe
                stream.flush()
        os._exit(status)
    sys.exit(status)


def _hear_no_more() -> None:
    """Ignores Ctrl-C and SIGTERM: in Python's own end they would be tracebacks."""
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.SIG_IGN)


def _at_work_after(seconds: float) -> bool:
    """Waits so long for daemon threads; returns whether any is still alive."""
    deadline = time.monotonic() + seconds
    threads = [thread for thread in threading.enumerate() if thread.daemon]
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
    return any(thread.is_alive() for thread in threads)


def _explain(error: Exception) -> int:
    """Prints one line on `error` and returns the exit status."""
    if hasattr(error, "exit_code") and hasattr(error, "show"):
        if hasattr(error, "message"):
            error.message = _without_secrets(error.message)
        error.show()
        return int(error.exit_code)
    if isinstance(error, OSError) and error.filename and error.strerror:
        # Even to look for a file fails if its name is too long or its folder shut.
        _complain(" ".join(f"{error.filename}: {error.strerror}".split()))
    elif isinstance(error, _expected()):
        _complain(" ".join(str(error).split()) or type(error).__name__)
    else:
        text = " ".join(f"{type(error).__name__}: {error}".split())
        _complain(f"unexpected {text} (DERAIN_DEBUG=1 shows where)")
    return 1


def _expected() -> tuple[type[BaseException], ...]:
    """Returns the packages' errors, importing none of them just for that."""
    found = [
        getattr(sys.modules[module], name, None)
        for module, name in _BASE_ERRORS.items()
        if module in sys.modules
    ]
    return (*(kind for kind in found if isinstance(kind, type)), MemoryError)


def _complain(text: str) -> None:
    sys.stderr.write(f"derain: {_without_secrets(text)}\n")


def _without_secrets(text: str) -> str:
    """Takes passwords out; without an address there is none, and nothing to load."""
    if "://" not in text:
        return text
    from sources.address import without_secrets

    return without_secrets(text)
