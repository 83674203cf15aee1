"""Pushes one stream to a server, through a child that is replaced when it is stuck."""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from sinks.live.output import OutputStatus
from sinks.live.worker.child import Child
from sinks.live.worker.fed_output import FedOutput
from sinks.live.worker.stream_feed import StreamFeed
from sources.audio import Audio

_LOG = logging.getLogger("derain.sink")


class PushOutput(FedOutput):
    """An output, and what its child is told: the address, then packet by packet."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        settings: Mapping[str, object],
        *,
        container: str,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Starts nothing yet.

        Args:
            name: For logs; without a password.
            command: The program; it gets the number of its parent as last argument.
            settings: What it reads first, as JSON.
            container: What the child sends: `rtsp` or `flv`.
            now_ns: The monotonic clock.
        """
        super().__init__(name, container, StreamFeed(), now_ns=now_ns)
        self._settings = settings
        self._audio: dict[str, object] | None = None
        self._silent = False
        self._child = Child(name, command, self, now_ns=now_ns)

    @property
    def child(self) -> Child:
        """Who pushes."""
        return self._child

    @property
    def status(self) -> OutputStatus:
        """How it is doing; for any thread."""
        return OutputStatus(
            name=self.name,
            kind="push",
            connected=self.connected,
            error=self.error,
            bytes_sent=self._feed.bytes_sent,
            replaced=self.replaced,
            dropped=self._feed.dropped,
            silent=self._silent,
        )

    def start(self, audio: Audio | None) -> None:
        """Starts the child, and tells it which audio will come."""
        self._audio = asdict(audio) if audio else None
        self._child.start()

    def greeting(self) -> bytes:
        """Returns where to push, for a new child."""
        self._feed.restart()
        return json.dumps({**self._settings, "audio": self._audio}).encode() + b"\n"

    def next_part(self, seconds: float) -> bytes | None:
        """Waits for the next packet."""
        packet = self._feed.get(seconds)
        return packet.to_wire() if packet else None

    def heard(self, word: str, _rest: str) -> None:
        """The child has sent on a packet, or its server takes no audio."""
        if word == "done":
            self._feed.answered()
        elif word == "silent" and not self._silent:
            self._silent = True
            _LOG.warning("sink=%s refuses the audio: it goes without", self.name)

    def close(self) -> None:
        """Ends the child, after a moment for what it still holds; may be repeated."""
        self._feed.stop()
        self._child.close()
