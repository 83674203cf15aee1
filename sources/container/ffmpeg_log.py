"""Collects what FFmpeg logs while a block runs, and keeps it off the terminal.

PyAV has one level for all threads, and `None` for silence. Its callback compares with
that level after the check that let it in, so a thread that logs while another one puts
`None` back prints a TypeError. So the level is never `None` again: silence is FFmpeg's
own callback at its own quiet level.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import av.logging

_QUIET = -8
"""FFmpeg's `AV_LOG_QUIET`."""
_ONE_AT_A_TIME = Lock()


@contextmanager
def listened() -> Iterator[list[tuple[int, str, str]]]:
    """Gives the messages of this thread at level INFO: level, name and text of each.

    What other threads say meanwhile is not shown, unless somebody asked PyAV for it.
    """
    with _ONE_AT_A_TIME:
        before = av.logging.get_level()
        silent = before is None or before == _QUIET
        av.logging.set_level(av.logging.INFO)
        try:
            with av.logging.Capture(local=not silent), av.logging.Capture() as lines:
                yield lines
        finally:
            if silent:
                _be_silent()
            else:
                av.logging.set_level(before)


def _be_silent() -> None:
    av.logging.set_level(_QUIET)
    av.logging.set_libav_level(_QUIET)
    av.logging.restore_default_callback()
