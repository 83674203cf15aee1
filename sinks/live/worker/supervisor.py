"""Feeds a child process that talks to a server, and replaces it when it is stuck.

Neither FFmpeg nor GStreamer can be stopped once a server stalls them (PyAV issue 2400;
FFmpeg's `ff_rtsp_tcp_write_packet` ignores failed writes): only a kill helps. So they
run in a process of their own, fed through a pipe, and never hold up the pipeline.
"""

import json
import logging
import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread

from sinks.audio.track import carries
from sinks.live.worker.heartbeat import Heartbeat
from sinks.packets import Encoded, PacketQueue
from sources.audio import Audio

_WAITING = 180
"""Packets: two seconds and more, with audio."""
_LOOK_SECONDS = 0.1
_LAST_WORDS_SECONDS = 1.0
_PAUSES = (0.3, 0.6, 1.0)
"""Seconds before a new child; the server shall be found within 5 s of its return."""
_LOG = logging.getLogger("derain.sink")


class ChildGoneError(Exception):
    """The child ended, or was silent for too long."""


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
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Starts nothing yet.

        Args:
            name: For logs; without a password.
            command: The program; it gets the number of its parent as last argument.
            greeting: What it reads first, as JSON; here a password may stand, which
                everybody could see among the arguments.
            container: What the child sends: `rtsp`, `flv` or `serve`.
            now_ns: The monotonic clock.
        """
        self.name = name
        self._container = container
        self.replaced = 0
        self.error = ""
        """What the last child complained of, in a few words."""
        self._command, self._greeting, self._now_ns = command, greeting, now_ns
        self._audio: dict[str, object] | None = None
        self._key_wanted = Event()
        self._queue = PacketQueue(_WAITING, self._key_wanted.set)
        self._heartbeat = Heartbeat(now_ns)
        self._closing = Event()
        self._thread = Thread(target=self._keep, name=f"child {name}", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the server takes the stream now."""
        return self._heartbeat.connected

    @property
    def dropped(self) -> int:
        """Packets that were not sent."""
        return self._queue.dropped

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time."""
        wanted = self._key_wanted.is_set()
        self._key_wanted.clear()
        return wanted

    def carries(self, audio: Audio) -> bool:
        """Whether the protocol has a place for it."""
        return carries(self._container, audio)

    def start(self, audio: Audio | None) -> None:
        """Starts the child, and tells it which audio will come."""
        self._audio = asdict(audio) if audio else None
        self._thread.start()

    def send(self, packet: Encoded) -> None:
        """Hands a packet over; never waits."""
        self._queue.put(packet)

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
            self.replaced += 1
            self._closing.wait(_PAUSES[min(lives, len(_PAUSES) - 1)])

    def _one_life(self) -> bool:
        """Runs one child to its end; returns whether it ever was connected."""
        heartbeat = self._heartbeat = Heartbeat(self._now_ns)
        process = self._started()
        listener = Thread(target=self._listen, args=(process, heartbeat), daemon=True)
        listener.start()
        self._queue.restart()
        try:
            self._feed(process, heartbeat)
        except (ChildGoneError, BrokenPipeError) as gone:
            _LOG.warning("sink=%s away=%r", self.name, self.error or str(gone))
        finally:
            worked, heartbeat.connected = heartbeat.connected, False
            _end(process, patient=self._closing.is_set() and worked)
            listener.join(1)
        return worked

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [*self._command, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": _search_path()},
            start_new_session=True,  # Ctrl-C is for the parent, which ends it in order
        )
        os.set_blocking(_pipe_of(process), False)
        return process

    def _listen(self, process: subprocess.Popen[bytes], heartbeat: Heartbeat) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                word, _, rest = line.decode(errors="replace").strip().partition(" ")
                if word == "key":
                    self._key_wanted.set()
                elif word == "error":
                    self.error = rest
                else:
                    self._know(word, heartbeat)

    def _know(self, word: str, heartbeat: Heartbeat) -> None:
        heartbeat.heard(word)
        if word == "up":
            self.error = ""
            _LOG.info("sink=%s connected", self.name)

    def _feed(self, process: subprocess.Popen[bytes], heartbeat: Heartbeat) -> None:
        greeting = {**self._greeting, "audio": self._audio}
        self._write(process, heartbeat, json.dumps(greeting).encode() + b"\n")
        while not self._closing.is_set():
            packet = self._queue.get(_LOOK_SECONDS)
            _check(process, heartbeat)
            if packet is not None:
                heartbeat.fed()
                self._write(process, heartbeat, packet.to_wire())

    def _write(
        self, process: subprocess.Popen[bytes], heartbeat: Heartbeat, data: bytes
    ) -> None:
        pipe, rest = _pipe_of(process), memoryview(data)
        while rest and not self._closing.is_set():
            try:
                rest = rest[os.write(pipe, rest) :]
            except BlockingIOError:
                select.select([], [pipe], [], _LOOK_SECONDS)
            _check(process, heartbeat)


def _search_path() -> str:
    """Where the child finds this program, then what the user's own setting names."""
    home = Path(__file__).parents[__name__.count(".")]
    return os.pathsep.join(filter(None, (str(home), os.environ.get("PYTHONPATH"))))


def _pipe_of(process: subprocess.Popen[bytes]) -> int:
    if process.stdin is None:
        raise ChildGoneError("no pipe")
    return process.stdin.fileno()


def _check(process: subprocess.Popen[bytes], heartbeat: Heartbeat) -> None:
    if process.poll() is not None:
        raise ChildGoneError("the child ended")
    if heartbeat.overdue:
        raise ChildGoneError("no answer from the server")


def _end(process: subprocess.Popen[bytes], *, patient: bool) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_LAST_WORDS_SECONDS if patient else 0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
