"""Which viewers of an RTSP server have stopped reading, and how many there are.

Over TCP the kernel keeps megabytes for a viewer who is frozen or gone; once that is
full, GStreamer's server waits for this one and nobody after it gets a picture. So it
is found by the bytes that wait for it, and its connection is cut.

Part of the program of this folder, on the system's Python: it imports nothing of ours.
"""

import fcntl
import socket
import struct
from collections.abc import Callable, Mapping
from typing import Any

STUCK_SECONDS = 5.0
"""So long what waits for a viewer may not get less."""
MOST_VIEWERS = 64
WRONG_LOGINS, LOCKED_SECONDS = 5, 30.0
"""So many within that time, and an address is shut out for as long."""
_UNSENT = 0x5411
"""SIOCOUTQ of Linux: the bytes that the other side has not acknowledged."""


class Backlog:
    """Finds connections whose unsent bytes never get less. Logic without sockets."""

    def __init__(self, seconds: float = STUCK_SECONDS) -> None:
        """`seconds`: how long a viewer may take none of what waits for it."""
        self._seconds = seconds
        self._seen: dict[int, tuple[int, float]] = {}
        """Unsent bytes of each at last, and since when they did not get less."""

    def stuck(self, unsent: Mapping[int, int], now: float) -> list[int]:
        """Returns the connections to cut.

        Args:
            unsent: Bytes that wait, by connection; those that have gone are left out.
            now: Clock in seconds.
        """
        before, self._seen = self._seen, {}
        for number, waiting in unsent.items():
            last, since = before.get(number, (0, now))
            less = waiting < last or not waiting
            self._seen[number] = (waiting, now if less else since)
        return [n for n, (_, at) in self._seen.items() if now - at >= self._seconds]


class Logins:
    """Slows down who tries passwords. Logic; takes its clock."""

    def __init__(
        self, most: int = WRONG_LOGINS, seconds: float = LOCKED_SECONDS
    ) -> None:
        """After `most` wrong logins an address is shut out for `seconds`."""
        self._most, self._seconds = most, seconds
        self._wrong: dict[str, list[float]] = {}

    def wrong(self, host: str, now: float) -> None:
        """A login from `host` was wrong; `now` in seconds."""
        recent = [at for at in self._wrong.get(host, []) if now - at < self._seconds]
        self._wrong[host] = [*recent, now][-self._most :]

    def is_shut_out(self, host: str, now: float) -> bool:
        """Whether nothing from `host` is heard now."""
        wrong = self._wrong.get(host, [])
        if wrong and now - wrong[-1] >= self._seconds:
            del self._wrong[host]
            return False
        return len(wrong) >= self._most


class Viewers:
    """The connections of a server; used on its main loop alone."""

    def __init__(self, say: Callable[[str], None], most: int = MOST_VIEWERS) -> None:
        """`say` tells the parent; of more than `most` the newest is sent away."""
        self._say, self._most = say, most
        self._sockets: dict[int, Any] = {}
        self._numbers: dict[Any, int] = {}
        self._streams: dict[int, int] = {}
        """At which stream each looks."""
        self._playing: set[int] = set()
        self._backlog = Backlog()
        self._next = 0

    def __len__(self) -> int:
        """How many are connected."""
        return len(self._sockets)

    def came(self, client: Any) -> None:
        """Takes in a `GstRtspServer.RTSPClient`, or closes it: there are too many."""
        if len(self._sockets) >= self._most:
            self._say(f"note more than {self._most} viewers: one is sent away")
            client.close()
            return
        number, self._next = self._next, self._next + 1
        self._sockets[number] = client.get_connection().get_read_socket()
        self._numbers[client] = number
        client.connect("closed", self._closed)

    def looks(self, client: Any, stream: int) -> None:
        """A client has asked what a stream is."""
        if client in self._numbers:
            self._streams[self._numbers[client]] = stream

    def plays(self, client: Any) -> int | None:
        """Counts a client as a viewer from now on; returns of which stream."""
        number = self._numbers.get(client, -1)
        stream = self._streams.get(number)
        if stream is not None:
            self._playing.add(number)
            self._tell(stream)
        return stream

    def _tell(self, stream: int) -> None:
        playing = sum(self._streams[number] == stream for number in self._playing)
        self._say(f"viewers {stream} {playing}")

    def _closed(self, client: Any) -> None:
        self._went(self._numbers.pop(client))

    def _went(self, number: int) -> None:
        self._sockets.pop(number, None)
        stream = self._streams.get(number)
        if number in self._playing and stream is not None:
            self._playing.remove(number)
            self._tell(stream)
        self._streams.pop(number, None)

    def send_away(self, stream: int) -> None:
        """Cuts the connections of all who look at a stream."""
        for number, at in list(self._streams.items()):
            if at == stream:
                _cut(self._sockets[number].get_fd())
                self._went(number)

    def cut_stuck(self, now: float) -> None:
        """Cuts the connection of each viewer who has stopped reading."""
        waiting = {n: _unsent(held.get_fd()) for n, held in self._sockets.items()}
        for number in self._backlog.stuck(waiting, now):
            self._say("note a viewer has stopped reading: its connection is cut")
            _cut(self._sockets[number].get_fd())
            self._went(number)


def _unsent(descriptor: int) -> int:
    if descriptor < 0:
        return 0
    try:
        answer = fcntl.ioctl(descriptor, _UNSENT, b"\0\0\0\0")
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])


def _cut(descriptor: int) -> None:
    """Ends a connection whoever waits in a write to it, which then fails."""
    held = socket.socket(fileno=descriptor)
    try:
        held.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
    finally:
        held.detach()
