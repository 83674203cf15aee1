"""A program of the user's that is run for each event."""

import os
import shlex
import subprocess

from streamer.errors import StreamerError
from streamer.events.event import DeliveryError, Happening

_LONGEST_SECONDS = 30.0


class Command:
    """Runs `--on-event`'s command: the event as JSON on stdin and in the environment.

    Args:
        text: The command, split as a shell splits words; no shell runs it.

    Raises:
        StreamerError: It cannot be split, or is empty.
    """

    def __init__(self, text: str) -> None:
        try:
            self._words = shlex.split(text)
        except ValueError as error:
            raise StreamerError(f"--on-event: {error} in {text!r}") from None
        if not self._words:
            raise StreamerError("--on-event wants a command, got nothing")
        self.name = self._words[0]

    def deliver(self, event: Happening) -> None:
        """Returns when the command ended with status 0.

        Raises:
            DeliveryError: It cannot be run, ended otherwise, or took over 30 s.
        """
        told = {
            "DERAIN_EVENT": str(event.kind),
            "DERAIN_STREAM": event.stream,
            "DERAIN_TEXT": event.text,
        }
        try:
            done = subprocess.run(  # noqa: S603 - the user's own command, no shell
                self._words,
                input=event.as_json() + "\n",
                text=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=_LONGEST_SECONDS,
                env=os.environ | told,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DeliveryError(str(error)) from None
        if done.returncode:
            raise DeliveryError(f"status {done.returncode}")

    def close(self) -> None:
        """Nothing is held."""
