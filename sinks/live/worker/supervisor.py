"""Feeds a child process that talks to a server, and replaces it when it is stuck.

Neither FFmpeg nor GStreamer can be stopped once a server stalls them (PyAV issue 2400;
FFmpeg's `ff_rtsp_tcp_write_packet` ignores failed writes): only a kill helps. So they
run in a process of their own, fed through a pipe, and never hold up the pipeline.
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from threading import Event, Thread
from typing import Literal

from sinks.audio.track import carries
from sinks.live.status import OutputStatus
from sinks.live.worker.heartbeat import Heartbeat
from sinks.live.worker.process import ChildGoneError, WorkerProcess
from sinks.live.worker.view_check import ViewCheck
from sinks.packets import Encoded, PacketQueue
from sources.audio import Audio

_WAITING = 180
"""Packets: two seconds and more, with audio."""
_LOOK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 1.0
_PAUSES = (0.3, 0.6, 1.0)
"""Seconds before a new child; the server shall be found within 5 s of its return."""
_QUIET_SECONDS, _LONGEST_QUIET_SECONDS = 5.0, 600.0
"""Until the same complaint is repeated in the log, at first and at most."""
_CONNECT_NS, _DRAIN_NS = 20_000_000_000, 5_000_000_000
_CHILDREN_TRIED = 3
_LOG = logging.getLogger("derain.sink")


class Complaints:
    """Says a problem when it is new, and then ever more rarely. Takes its clock."""

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic) -> None:
        """`name` of the sink; `now` in seconds."""
        self._name, self._now = name, now
        self._last, self._next, self._pause = "", 0.0, _QUIET_SECONDS
        self._silent = 0

    def say(self, problem: str) -> None:
        """Logs `problem`, unless the same was logged a short while ago."""
        now = self._now()
        if problem == self._last and now < self._next:
            self._silent += 1
            return
        self._pause = (
            min(self._pause * 2, _LONGEST_QUIET_SECONDS)
            if problem == self._last
            else _QUIET_SECONDS
        )
        more = f" ({self._silent} times more)" if self._silent else ""
        _LOG.warning("sink=%s away=%r%s", self._name, problem, more)
        self._last, self._next, self._silent = problem, now + self._pause, 0

    def over(self) -> None:
        """The sink is there: says so."""
        self._last, self._silent = "", 0
        _LOG.info("sink=%s connected", self._name)


class Child:
    """A child that is always there again.

    A thread of its own starts and feeds it: the kernel kills the child with the thread
    that made it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        greeting: Mapping[str, object],
        *,
        container: str,
        check: ViewCheck | None = None,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Starts nothing yet.

        Args:
            name: For logs; without a password.
            command: The program; it gets the number of its parent as last argument.
            greeting: What it reads first, as JSON; here a password may stand, which
                everybody could see among the arguments.
            container: What the child sends: `rtsp`, `flv` or `serve`.
            check: Looks at what is served, as a viewer would.
            now_ns: The monotonic clock.
        """
        self.name = name
        self._container = container
        self.replaced = 0
        self.sent = self.arrived = 0
        """Packets handed over here, and those that a server took."""
        self._dropped_before = 0
        self.error = ""
        """What the last child complained of, in a few words."""
        self.bytes_sent = 0
        """Of packets that the child has sent on."""
        self.viewers = 0
        self._key_frames = 0
        self._unanswered: deque[tuple[int, bool]] = deque()
        self._command, self._greeting, self._now_ns = command, greeting, now_ns
        self._audio: dict[str, object] | None = None
        self._key_wanted = Event()
        self._queue = PacketQueue(_WAITING, self._key_wanted.set)
        self._heartbeat = Heartbeat(now_ns)
        self._closing = Event()
        self._blind = Event()
        self._check = check
        self._complaints = Complaints(name)
        self._thread = Thread(target=self._keep, name=f"child {name}", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the server takes the stream now."""
        return self._heartbeat.connected

    @property
    def dropped(self) -> int:
        """Packets that were not sent."""
        return self._queue.dropped

    @property
    def status(self) -> OutputStatus:
        """How it is doing; for any thread."""
        kind: Literal["push", "serve"] = (
            "serve" if self._container == "serve" else "push"
        )
        return OutputStatus(
            name=self.name,
            kind=kind,
            connected=self.connected,
            error=self.error,
            bytes_sent=self.bytes_sent,
            replaced=self.replaced,
            dropped=self.dropped,
            viewers=self.viewers if kind == "serve" else None,
        )

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time."""
        wanted = self._key_wanted.is_set()
        if wanted:  # what is asked for from now on is for the next time
            self._key_wanted.clear()
        return wanted

    def carries(self, audio: Audio) -> bool:
        """Whether the protocol has a place for it."""
        return carries(self._container, audio)

    def start(self, audio: Audio | None) -> None:
        """Starts the child, and tells it which audio will come."""
        self._audio = asdict(audio) if audio else None
        self._thread.start()
        if self._check is not None:
            self._check.start(lambda: self._key_frames, self._blind.set)

    def send(self, packet: Encoded) -> None:
        """Hands a packet over; never waits."""
        self.sent += 1
        self._queue.put(packet)

    def await_server(self, first: Encoded) -> bool:
        """Waits until a server takes the stream, which begins with `first`.

        A child that is replaced begins with a key frame, so it gets `first` anew.

        Returns:
            False where none did: three children in a row ended, or time is over.
        """
        waited = Event()
        until_ns = self._now_ns() + _CONNECT_NS
        while self._now_ns() < until_ns and self.replaced < _CHILDREN_TRIED:
            if self.connected:
                self.sent, self._dropped_before = 1, self.dropped
                return True
            if self.key_wanted():
                self.send(first)
            waited.wait(_LOOK_SECONDS)
        return False

    def drain(self) -> None:
        """Waits a while until all that was handed over has arrived or is dropped."""
        waited = Event()
        until_ns = self._now_ns() + _DRAIN_NS
        while self.connected and self._now_ns() < until_ns:
            if self.arrived + self.dropped - self._dropped_before >= self.sent:
                return
            waited.wait(0.02)

    def close(self) -> None:
        """Ends the child, after a moment for what it still holds; may be repeated."""
        self._closing.set()
        if self._check is not None:
            self._check.stop()
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
        self._queue.restart()
        self._unanswered.clear()
        self._blind.clear()
        try:
            self._feed(process, heartbeat)
        except (ChildGoneError, BrokenPipeError) as gone:
            listener.join(1)
            self.error = self.error or str(gone)
            self._complaints.say(self.error)
        finally:
            worked, heartbeat.connected = heartbeat.connected, False
            self.viewers = 0
            patient = self._closing.is_set() and worked
            process.end(seconds=_LAST_WORDS_SECONDS if patient else 0)
            listener.join(1)
        return worked

    def _listen(self, process: WorkerProcess, heartbeat: Heartbeat) -> None:
        with process.lines as lines:
            for line in lines:
                word, _, rest = line.decode(errors="replace").strip().partition(" ")
                if word == "key":
                    self._key_wanted.set()
                elif word == "error":
                    self.error = rest
                elif word == "viewers":
                    self.viewers = int(rest)
                elif word == "note":
                    _LOG.warning("sink=%s %s", self.name, rest)
                else:
                    self._know(word, heartbeat)

    def _know(self, word: str, heartbeat: Heartbeat) -> None:
        heartbeat.heard(word)
        if word == "done":
            self.arrived += 1
        if word == "up":
            self.error = ""
            self._complaints.over()
        elif word == "done" and self._unanswered:
            size, key = self._unanswered.popleft()
            self.bytes_sent += size
            self._key_frames += key

    def _feed(self, process: WorkerProcess, heartbeat: Heartbeat) -> None:
        def check() -> None:
            if process.ended:
                raise ChildGoneError("the child ended")
            if heartbeat.overdue:
                raise ChildGoneError("no answer from the server")
            if self._blind.is_set():
                raise ChildGoneError("viewers get no picture")

        def write(data: bytes) -> None:
            process.write(data, check=check, stop=self._closing.is_set)

        greeting = {**self._greeting, "audio": self._audio}
        write(json.dumps(greeting).encode() + b"\n")
        while not self._closing.is_set():
            packet = self._queue.get(_LOOK_SECONDS)
            check()
            if packet is not None:
                heartbeat.fed()
                self._unanswered.append((len(packet.data), packet.key))
                write(packet.to_wire())
