"""Feeds a child process that talks to a server, and replaces it when it is stuck.

Neither FFmpeg nor GStreamer can be stopped once a server stalls them (PyAV issue 2400;
FFmpeg's `ff_rtsp_tcp_write_packet` ignores failed writes): only a kill helps. So they
run in a process of their own, fed through a pipe, and never hold up the pipeline.
"""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Protocol

from sinks.live.worker.complaints import Complaints
from sinks.live.worker.heartbeat import Heartbeat
from sinks.live.worker.process import ChildGoneError, WorkerProcess

_LOOK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 1.0
_PAUSES = (0.3, 0.6, 1.0)
"""Seconds before a new child; the server shall be found within 5 s of its return."""
_LOG = logging.getLogger("derain.sink")


class Script(Protocol):
    """What is said to a child, and what its answers mean."""

    def greeting(self) -> bytes:
        """Returns what a new child reads first; here a password may stand.

        Among the arguments everybody could see it.
        """

    def next_part(self, seconds: float) -> bytes | None:
        """Waits for what is to be said next, but only so long.

        The child answers each part with `done`.
        """

    def heard(self, word: str, rest: str) -> None:
        """The child said `word`."""


class Child:
    """A child that is always there again.

    A thread of its own starts and feeds it: the kernel kills the child with the thread
    that made it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        script: Script,
        *,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Starts nothing yet.

        Args:
            name: For logs; without a password.
            command: The program; it gets the number of its parent as last argument.
            script: What it is told.
            now_ns: The monotonic clock.
        """
        self.name = name
        self.replaced = 0
        self.error = ""
        """What the last child complained of, in a few words."""
        self._command, self._script, self._now_ns = command, script, now_ns
        self._heartbeat = Heartbeat(now_ns)
        self._closing = Event()
        self._unwanted = ""
        self._complaints = Complaints(name)
        self._thread = Thread(target=self._keep, name=f"child {name}", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether its server takes the stream, or it listens, now."""
        return self._heartbeat.connected

    def start(self) -> None:
        """Starts it; once."""
        self._thread.start()

    def replace(self, why: str) -> None:
        """Ends it soon for a new one; from any thread."""
        self._unwanted = why

    def close(self) -> None:
        """Ends the child, after a moment for what it still holds; may be repeated."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join(_LAST_WORDS_SECONDS + 2)

    def _keep(self) -> None:
        lives = 0
        while not self._closing.is_set():
            worked = self._one_life()
            lives = 0 if worked else lives + 1
            if not self._closing.is_set():
                self.replaced += 1
            self._closing.wait(_PAUSES[min(lives, len(_PAUSES) - 1)])

    def _one_life(self) -> bool:
        """Runs one child to its end; returns whether it ever was connected."""
        heartbeat = self._heartbeat = Heartbeat(self._now_ns)
        process = WorkerProcess(self._command)
        listener = Thread(target=self._listen, args=(process, heartbeat), daemon=True)
        listener.start()
        self._unwanted = ""
        try:
            self._feed(process, heartbeat)
        except (ChildGoneError, BrokenPipeError) as gone:
            listener.join(1)
            self.error = self.error or str(gone)
            self._complaints.say(self.error)
        finally:
            worked, heartbeat.connected = heartbeat.connected, False
            patient = self._closing.is_set() and worked
            process.end(seconds=_LAST_WORDS_SECONDS if patient else 0)
            listener.join(1)
        return worked

    def _listen(self, process: WorkerProcess, heartbeat: Heartbeat) -> None:
        with process.lines as lines:
            for line in lines:
                word, _, rest = line.decode(errors="replace").strip().partition(" ")
                if word == "error":
                    self.error = rest
                elif word == "note":
                    _LOG.warning("sink=%s %s", self.name, rest)
                else:
                    heartbeat.heard(word)
                    self._script.heard(word, rest)
                if word == "up":
                    self.error = ""
                    self._complaints.over()

    def _feed(self, process: WorkerProcess, heartbeat: Heartbeat) -> None:
        def check() -> None:
            if process.ended:
                raise ChildGoneError("the child ended")
            if heartbeat.overdue:
                raise ChildGoneError("no answer from the server")
            if self._unwanted:
                raise ChildGoneError(self._unwanted)

        def write(data: bytes) -> None:
            process.write(data, check=check, stop=self._closing.is_set)

        write(self._script.greeting())
        while not self._closing.is_set():
            part = self._script.next_part(_LOOK_SECONDS)
            check()
            if part is not None:
                heartbeat.fed()
                write(part)
