"""A thin parent of the program: says in one line how a native crash ended a run.

FFmpeg, OpenVINO and PyTorch are native code. Where they fail by SIGSEGV or an assertion
(SIGABRT) no handler of Python runs any more, and the user would see an exit status of
139 or 134 and not a word. So the program forks before it loads anything; the child does
the work, the parent waits and reads what the child had told it: through shared memory
what is run, and through `faulthandler` where it was.
"""

import ctypes
import faulthandler
import mmap
import os
import re
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

_ROOM_BYTES = 16_384
_PR_SET_PDEATHSIG = 1
_CRASHES = (
    signal.SIGSEGV,
    signal.SIGABRT,
    signal.SIGBUS,
    signal.SIGFPE,
    signal.SIGILL,
    signal.SIGSYS,
)
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_STAGES = {
    "_decode": "decoding",
    "read": "reading the source",
    "_derain": "running the network",
    "_encode": "encoding and writing",
    "opened": "opening it",
    "opened_live": "opening it",
}
"""By the functions that a run has on threads, as they stand in a traceback."""
_FUNCTION = re.compile(r" in (\w+)$", re.MULTILINE)
_OF_OURS = re.compile(
    r'File "[^"]*?((?:streamer|sources|sinks|model|evaluation|training)/[^"]+)", '
    r"line (\d+) in (?!<)"
)


class RunRecord:
    """What the child says of its run, in memory that the parent reads after its end."""

    def __init__(self) -> None:
        """Nothing is said yet."""
        self._room = mmap.mmap(-1, _ROOM_BYTES)
        self._frames = 0

    def begins(self, source: str, sink: str) -> None:
        """A run begins; both names without passwords."""
        self._names = (source, sink, _state_of(sink))
        self.stored(0)

    def stored(self, frames: int) -> None:
        """So many frames are stored; called for each, so it must cost little."""
        self._room[:8] = frames.to_bytes(8, "little")
        if not frames:
            text = "\0".join(self._names).encode("utf-8", "surrogateescape")
            self._room[8:] = text[: _ROOM_BYTES - 8].ljust(_ROOM_BYTES - 8, b"\0")

    def told(self) -> tuple[str, str, str, int] | None:
        """Returns source, sink, the sink's state before, and frames; None: no run."""
        frames = int.from_bytes(self._room[:8], "little")
        parts = self._room[8:].decode("utf-8", "surrogateescape").split("\0")
        return (parts[0], parts[1], parts[2], frames) if parts[0] else None


RECORD = RunRecord()
"""Of this process and its parent."""


def supervise() -> None:
    """Returns in a child that does the work; the parent stays and ends with its status.

    Without `fork`, or with threads that a fork would lose, the process goes on alone.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return
    dump = os.memfd_create("derain-crash")
    waited = {*_FORWARDED, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    parent = os.getpid()
    child = os.fork()
    if child:
        _leave(child, dump, waited)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # killed before the line above
        os._exit(1)
    faulthandler.enable(dump, all_threads=True)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    _hide_passwords()  # before all that a command loads


def _leave(child: int, dump: int, waited: set[signal.Signals]) -> NoReturn:
    """Waits for the child, says how it crashed, and ends as it did."""
    _hide_passwords()
    status = _wait(child, waited)
    if not os.WIFSIGNALED(status):
        os._exit(os.WEXITSTATUS(status))
    kind = signal.Signals(os.WTERMSIG(status))
    if kind not in _CRASHES:
        if kind is signal.SIGKILL:
            _say("killed (SIGKILL), by somebody or by the kernel for lack of memory")
        os._exit(128 + kind)
    trace = os.pread(dump, 1 << 20, 0).decode(errors="replace")
    if os.environ.get("DERAIN_DEBUG"):
        sys.stderr.write(trace)
    _say(crash_line(kind.name, trace, RECORD.told()))
    os._exit(1)


def _wait(child: int, waited: set[signal.Signals]) -> int:
    """Returns how the child ended; hands on signals that only the parent got.

    What a terminal sends, the child has got itself.
    """
    while True:
        came = signal.sigwaitinfo(waited)
        if came.si_signo == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
        elif came.si_code <= 0:  # SI_USER and its like: not from the kernel
            os.kill(child, came.si_signo)


def _hide_passwords() -> None:
    """Takes passwords out of this process's arguments, as others see them."""
    if any("://" in word and "@" in word for word in sys.argv):
        from streamer.cli.process_title import hide_passwords_in_title

        hide_passwords_in_title()


def crash_line(kind: str, trace: str, run: tuple[str, str, str, int] | None) -> str:
    """Returns one line: which file, which stage, where, and what is on disk.

    Args:
        kind: The signal's name.
        trace: What `faulthandler` wrote; the thread that crashed is marked in it.
        run: As `RunRecord.told`.
    """
    _, _, current = trace.partition("Current thread")
    current, _, _ = current.partition("\n\n")
    stage = next((_STAGES[n] for n in _FUNCTION.findall(current) if n in _STAGES), "")
    found = _OF_OURS.search(current)
    place = f" at {found[1]}:{found[2]}" if found else ", in a thread of a library"
    crashed = f"a library crashed ({kind}{place})"
    if run is None:
        return f"{crashed}; this is a fault of the program, not of what you asked for"
    source, sink, before, frames = run
    doing = f" while {stage}" if stage else ""
    return f"{source}: {crashed}{doing}; {_left(sink, before, frames)}"


def _left(sink: str, before: str, frames: int) -> str:
    now = _state_of(sink)
    if not now:
        return f"{frames} frames were done" if frames else "nothing was stored"
    if now == before:
        return f"{sink} is as it was"
    return f"{sink} holds what was written of {frames} frames, and plays so far"


def _state_of(sink: str) -> str:
    """Returns a text that changes when the file does; empty if there is none."""
    try:
        found = Path(sink).stat()
    except (OSError, ValueError):
        return ""
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"


def _say(text: str) -> None:
    sys.stderr.write(f"derain: {text}\n")
    sys.stderr.flush()
