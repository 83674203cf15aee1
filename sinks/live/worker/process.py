"""A child process and the pipe that feeds it: one that takes nothing is given up."""

import os
import select
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

_LOOK_SECONDS = 0.1


class ChildGoneError(Exception):
    """The child ended, or was silent for too long."""


class WorkerProcess:
    """A child with a pipe to its stdin and one from its stdout."""

    def __init__(self, command: Sequence[str]) -> None:
        """Starts it; it gets the number of its parent as last argument."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [*command, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            start_new_session=True,  # Ctrl-C is for the parent, which ends it in order
        )
        os.set_blocking(self._pipe, False)

    @property
    def _pipe(self) -> int:
        if self._process.stdin is None:
            raise ChildGoneError("no pipe")
        return self._process.stdin.fileno()

    @property
    def lines(self) -> IO[bytes]:
        """What it says, line by line; whoever reads it closes it."""
        if self._process.stdout is None:
            raise ChildGoneError("no pipe")
        return self._process.stdout

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def write(
        self, data: bytes, *, check: Callable[[], None], stop: Callable[[], bool]
    ) -> None:
        """Writes all of `data`, however slowly it is read.

        Args:
            data: Goes into the pipe.
            check: Called between the parts; raises what ends the writing.
            stop: Whether the rest is left out.
        """
        rest = memoryview(data)
        while rest and not stop():
            try:
                rest = rest[os.write(self._pipe, rest) :]
            except BlockingIOError:
                select.select([], [self._pipe], [], _LOOK_SECONDS)
            check()

    def end(self, *, seconds: float) -> None:
        """Closes its stdin, and kills it if it has not ended `seconds` later."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
