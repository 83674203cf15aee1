"""Encoded pictures on their way to a server: as values, and in a pipe."""

import struct
from dataclasses import dataclass
from fractions import Fraction
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
