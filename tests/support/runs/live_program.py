"""The real program as an operator starts it, with a network that changes nothing."""

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.conftest import PROJECT
from tests.support.servers.peers import PATIENCE_SECONDS

PASS_THROUGH = [sys.executable, str(PROJECT / "tests" / "derain_pass_through.py")]
PROGRAM = [*PASS_THROUGH, "0"]


StartProgram = Callable[..., "Program"]


class Program:
    """`derain run ...` with a network that changes nothing."""

    def __init__(
        self, folder: Path, *arguments: str | Path, network_seconds: float = 0
    ) -> None:
        self.errors_file = folder / "errors.txt"
        with self.errors_file.open("w") as errors:
            self.process = subprocess.Popen(
                [
                    *(*PASS_THROUGH, str(network_seconds)),
                    *("run", "--gate", "off", *map(str, arguments)),
                ],
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    @property
    def errors(self) -> str:
        return self.errors_file.read_text()

    def wait(self) -> int:
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.wait()


def ask(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
