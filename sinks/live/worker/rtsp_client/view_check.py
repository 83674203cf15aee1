"""Looks at a server of ours as a viewer does, so that one without picture is replaced.

A server may take every packet and show nobody anything: only a viewer knows.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread

from sinks.errors import SinkError
from sinks.live.worker.rtsp_client.client import RtspClient

EVERY_SECONDS = 10.0
ANSWER_SECONDS = 8.0
"""Until a packet comes: a key frame is at most two seconds away."""
_FAILURES = 2
_KEY_FRAMES = 2
_AGENT = "derain view check"
"""The server neither counts this viewer nor asks for a key frame for it."""
_LOG = logging.getLogger("derain.sink")


class ViewCheck:
    """Views again and again on a thread of its own."""

    def __init__(
        self,
        client: Callable[[], RtspClient],
        *,
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        """`client` makes a client of the server, not yet connected."""
        self._client, self._every = client, every_seconds
        self._stopped = Event()
        self._failures = 0
        self._thread: Thread | None = None

    def start(
        self, key_frames: Callable[[], int], on_blind: Callable[[], None]
    ) -> None:
        """Begins.

        Args:
            key_frames: How many the server has taken so far.
            on_blind: Called when viewers get nothing although the server takes packets.
        """
        keep = Thread(
            target=self._keep, args=(key_frames, on_blind), name="view", daemon=True
        )
        self._thread = keep
        keep.start()

    def stop(self) -> None:
        """Ends it; a look that has begun is not waited for."""
        self._stopped.set()

    def _keep(
        self, key_frames: Callable[[], int], on_blind: Callable[[], None]
    ) -> None:
        while not self._stopped.wait(self._every):
            before = key_frames()
            problem = self.look()
            shown = key_frames() - before >= _KEY_FRAMES
            self._failures = self._failures + 1 if problem and shown else 0
            if self._failures >= _FAILURES and not self._stopped.is_set():
                _LOG.error("sink viewers get no picture: %s", problem)
                self._failures = 0
                on_blind()

    def look(self) -> str:
        """Views until the first packet; returns what was wrong, or nothing."""
        client = self._client()
        try:
            client.play(agent=_AGENT)
            client.packet()
        except TimeoutError:
            return "no answer"
        except (OSError, SinkError, KeyError, ValueError) as error:
            return str(error) or type(error).__name__
        finally:
            client.close()
        return ""
