"""The first lines of the program: from here on Ctrl-C shows no traceback.

They load nothing, put a parent over the work (`supervisor`), and go on to `main`.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from streamer.cli import INTERRUPTED
from streamer.cli.supervisor import supervise


def main() -> NoReturn:
    """Runs the command line; ends the process with its exit status."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _leave_quietly)
    signal.signal(signal.SIGTERM, _leave_quietly)
    if _does_work(sys.argv[1:]):
        supervise()
    from streamer.cli.main import main as loaded

    loaded()


def _does_work(arguments: list[str]) -> bool:
    """Whether more is asked for than a text."""
    named = any(not word.startswith("-") for word in arguments)
    return named and "--help" not in arguments and "_DERAIN_COMPLETE" not in os.environ


def _leave_quietly(_number: int, _frame: FrameType | None) -> NoReturn:
    """Ends at once: nothing was opened yet."""
    sys.stderr.write("derain: interrupted\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)
