"""What Ctrl-C and SIGTERM do to a command: they interrupt it, but no native import.

A compiled module that is being loaded runs Python code of its own; raised in there,
`KeyboardInterrupt` comes out of it as an `ImportError`, or not at all.
"""

import os
from collections.abc import Iterator
from importlib.machinery import ExtensionFileLoader
from threading import Timer
from types import FrameType
from typing import NoReturn

_AGAIN_SECONDS = 0.02


def interrupt(number: int, frame: FrameType | None) -> None:
    """Interrupts the main thread, as soon as it loads no compiled module.

    Args:
        number: Of the signal.
        frame: What the main thread is at.

    Raises:
        KeyboardInterrupt: At once, or when the signal is sent again, a moment later.
    """
    if any(_loads_native(caller) for caller in _callers(frame)):
        again = Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), number))
        again.daemon = True
        again.start()
    else:
        _raise()


def _raise() -> NoReturn:
    raise KeyboardInterrupt


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _loads_native(frame: FrameType) -> bool:
    """Whether a frame is that of the import system, in a compiled module's start."""
    if frame.f_code.co_name not in {"create_module", "exec_module"}:
        return False
    return isinstance(frame.f_locals.get("self"), ExtensionFileLoader)
