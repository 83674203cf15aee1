"""Encoded pictures on their way to a server: as values, in a queue, and in a pipe."""

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from threading import Condition
from typing import BinaryIO

TIME_BASE = Fraction(1, 90_000)
_HEADER = struct.Struct("<IBq")
"""Length of the data, 1 for a key frame or 2 for audio, time; `rtsp_server` reads it
too."""
_KEY, _AUDIO = 1, 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """One access unit of H.264 as a byte stream; a key frame brings its parameters."""

    data: bytes
    pts: int
    """In `TIME_BASE`; equal to the time of decoding, for there are no B frames."""
    key: bool
    audio: bool = False
    """A packet of audio instead; it is nobody's key frame."""

    def to_wire(self) -> bytes:
        """Returns it as a child reads it from its stdin."""
        kind = _AUDIO if self.audio else _KEY * self.key
        return _HEADER.pack(len(self.data), kind, self.pts) + self.data


def from_wire(pipe: BinaryIO) -> Encoded | None:
    """Reads the next packet; None when the pipe has ended."""
    header = pipe.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    size, kind, pts = _HEADER.unpack(header)
    data = pipe.read(size)
    if len(data) < size:
        return None
    return Encoded(data, pts, key=kind == _KEY, audio=kind == _AUDIO)


class PacketQueue:
    """Never makes the sender wait: when it is full all goes, up to a key frame."""

    def __init__(self, capacity: int, on_key_wanted: Callable[[], None]) -> None:
        """`on_key_wanted`: called when only a key frame can go on, on any thread."""
        self.dropped = 0
        self._packets: deque[Encoded] = deque()
        self._capacity, self._on_key_wanted = capacity, on_key_wanted
        self._wait_for_key = True
        self._changed = Condition()

    def put(self, packet: Encoded) -> None:
        """Takes a packet, or drops it."""
        with self._changed:
            if self._wait_for_key and not packet.key:
                self.dropped += 1
                return
            self._wait_for_key = False
            self._packets.append(packet)
            if len(self._packets) > self._capacity:
                self._forget()
            self._changed.notify_all()

    def get(self, seconds: float) -> Encoded | None:
        """Waits for a packet, but only so long."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._packets), timeout=seconds)
            return self._packets.popleft() if self._packets else None

    def restart(self) -> None:
        """Drops what waits: a new receiver begins with a key frame."""
        with self._changed:
            self._forget()

    def _forget(self) -> None:
        self.dropped += len(self._packets)
        self._packets.clear()
        self._wait_for_key = True
        self._on_key_wanted()
