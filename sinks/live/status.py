"""How an output is doing: what an operator asks first when viewers complain."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputStatus:
    """One way out of a live run, at one moment."""

    name: str
    """Without a password."""
    kind: Literal["push", "serve", "hls", "record"]
    connected: bool
    """Whether what is sent arrives: a server takes it, a disk stores it."""
    error: str = ""
    """Why it does not, in a few words."""
    bytes_sent: int = 0
    """Of encoded video and audio that arrived."""
    replaced: int = 0
    """Child processes that had to be replaced."""
    dropped: int = 0
    """Packets that did not arrive."""
    failures: int = 0
    """How often storing failed."""
    deleted: int = 0
    """Recordings that had to go for newer ones."""
    viewers: int | None = None
    """Of a server that we are ourselves."""

    silent: bool = False
    """Whether the server refused the audio, and gets the pictures alone."""

    @property
    def problem(self) -> str:
        """What is wrong, in a few words; empty if nothing is."""
        if self.connected:
            return ""
        what = "recording failed" if self.kind == "record" else "output away"
        return f"{what} ({self.error or 'not connected yet'})"
