"""One port on which streams are served: a child, and which streams it is to have."""

import json
import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from threading import Event, Lock

from sinks.live.serving.place import ServePlace
from sinks.live.worker.child import Child
from sinks.live.worker.stream_feed import StreamFeed
from sources.audio import Audio

_NUMBER = struct.Struct("<I")
"""Of the stream, before each part; `rtsp_server` reads it too."""
_PART = struct.Struct("<IBq")
"""As of a packet (`sinks.packets`)."""
_OPEN, _CLOSE = 4, 8


@dataclass(slots=True)
class _Mount:
    place: ServePlace
    feed: StreamFeed
    audio: Audio | None
    viewers: int = 0


class ServedPort:
    """Tells its child of streams that come and go, and hands it their packets."""

    def __init__(self, place: ServePlace, command: Sequence[str]) -> None:
        """Starts nothing yet.

        Args:
            place: Of the first stream; host, port, certificate and whether there is a
                login are the same for all.
            command: The server's program.
        """
        self._place = place
        self._mounts: dict[int, _Mount] = {}
        self._order: deque[int] = deque()
        self._parts: deque[bytes] = deque()
        self._lock, self._wake = Lock(), Event()
        self._started = False
        name = f"serve://{place.address.host}"
        self.child = Child(name, command, self)

    def viewers(self, number: int) -> int:
        """Returns how many watch a stream."""
        mount = self._mounts.get(number)
        return mount.viewers if mount and self.child.connected else 0

    def new_feed(self) -> StreamFeed:
        """Returns what the packets of one more stream go into."""
        return StreamFeed(self._wake.set)

    def open(
        self, number: int, place: ServePlace, feed: StreamFeed, audio: Audio | None
    ) -> None:
        """Serves a stream from now on, or says which audio comes with it."""
        with self._lock:
            mount = self._mounts.get(number)
            if mount is None:
                mount = self._mounts[number] = _Mount(place, feed, audio)
                self._order.append(number)
            mount.audio = audio
            self._parts.append(_opening(number, mount))
            first, self._started = not self._started, True
        self._wake.set()
        if first:
            self.child.start()

    def shut(self, number: int) -> None:
        """Sends the viewers of a stream away; its path is free."""
        with self._lock:
            mount = self._mounts.pop(number, None)
            if mount is not None:
                mount.feed.stop()
                self._order.remove(number)
                self._parts.append(_part(number, _CLOSE))
        self._wake.set()

    def greeting(self) -> bytes:
        """Returns where to listen, for a new child; it is told of all streams."""
        with self._lock:
            self._parts.clear()
            for number, mount in self._mounts.items():
                mount.feed.restart()
                mount.viewers = 0
                self._parts.append(_opening(number, mount))
        tls = self._place.tls
        settings = {
            "host": self._place.host,
            "port": str(self._place.port),
            "login": bool(self._place.address.user),
            "certificate": str(tls.certificate) if tls else "",
            "key": str(tls.key) if tls else "",
        }
        return json.dumps(settings).encode() + b"\n"

    def next_part(self, seconds: float) -> bytes | None:
        """Waits for a change of the streams, or the next packet of one of them."""
        if (part := self._ready()) is not None:
            return part
        self._wake.wait(seconds)
        self._wake.clear()
        return self._ready()

    def _ready(self) -> bytes | None:
        with self._lock:
            if self._parts:
                return self._parts.popleft()
            for _ in range(len(self._order)):  # in turns: none holds up the others
                self._order.rotate(-1)
                number = self._order[-1]
                packet = self._mounts[number].feed.get(0)
                if packet is not None:
                    return _NUMBER.pack(number) + packet.to_wire()
        return None

    def heard(self, word: str, rest: str) -> None:
        """The child says something of one of the streams."""
        number, _, count = rest.partition(" ")
        mount = self._mounts.get(int(number)) if number.isdecimal() else None
        if mount is None:
            return
        if word == "key":
            mount.feed.want_key()
        elif word == "viewers":
            mount.viewers = int(count)
        elif word == "done":
            mount.feed.answered()


def _opening(number: int, mount: _Mount) -> bytes:
    address = mount.place.address
    told = {
        "path": mount.place.path,
        "user": address.user or "",
        "password": address.password or "",
        "audio": asdict(mount.audio) if mount.audio else None,
    }
    return _part(number, _OPEN, json.dumps(told).encode())


def _part(number: int, kind: int, data: bytes = b"") -> bytes:
    return _NUMBER.pack(number) + _PART.pack(len(data), kind, 0) + data
