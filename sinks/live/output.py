"""Where encoded packets of a live run go, and how each such output is doing."""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from sinks.packets import Encoded
from sources.audio import Audio


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


class PacketOutput(Protocol):
    """Where encoded packets go. `send` may wait for no network and no slow disk."""

    name: str

    def carries(self, audio: Audio) -> bool:
        """Whether audio of this kind can go along."""

    def start(self, audio: Audio | None) -> None:
        """Begins, before the first packet; `audio` may come too."""

    @property
    def status(self) -> OutputStatus:
        """How it is doing; for any thread."""

    def send(self, packet: Encoded) -> None:
        """Takes a packet, or loses it.

        Raises:
            SinkError: Nothing more can be stored.
        """

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time."""

    def close(self) -> None:
        """Completes it; may be called twice."""


@runtime_checkable
class Delivers(Protocol):
    """An output that knows what has arrived at the other end."""

    name: str
    error: str
    sent: int
    arrived: int

    def await_server(self, first: Encoded) -> bool:
        """Waits until the other end takes a stream that begins with `first`.

        Returns:
            False if none does.
        """

    def drain(self) -> None:
        """Waits a while until all that was sent has arrived."""


@runtime_checkable
class ShowsBefore(Protocol):
    """An output that is open before the source has sent a picture."""

    def key_wanted(self) -> bool:
        """Whether the next picture should be a key frame; asked once each time."""

    def show_before(self, packet: Encoded) -> None:
        """Takes a packet of what is shown until then, or loses it."""
