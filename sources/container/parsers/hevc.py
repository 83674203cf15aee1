"""Notices pictures of H.265 that never came: FFmpeg's decoder passes over damage there.

A slice that it cannot read is an entry in its log and no error, and the pictures that
follow may be left out with it. Each packet is one picture, unless the stream itself
says that one is not shown (ITU-T H.265, 7.4.2.2, 7.4.7.1, C.5.2.2).
"""

from collections.abc import Iterable

import av
from av.packet import Packet
from av.video.stream import VideoStream

from sources.container.parsers.nal_units import unit_starts

_LAST_SLICE = 31
_LAYER = 0x1F8
"""Bits of a head that name a layer above the first, of which pictures are given."""
_PPS = b"\x44\x01"
"""Head of a picture parameter set."""
_RASL = frozenset({8, 9})
"""Need pictures from before a key frame, and are not shown behind a join."""
_FORGETTING = range(16, 21)
"""Key frames that may say that earlier pictures are not shown any more."""
_CRA = 21
_ENDS = frozenset({b"\x48\x01", b"\x4a\x01"})
"""End of sequence, and of stream: what a key frame behind it finds is not shown."""
_HEAD_BYTES = 4096
_LATEST = 48
"""Packets after which a picture will not come: threads, and another order."""


class HevcPictures:
    """Counts the packets of one stream of which no picture came."""

    def __init__(self, extradata: bytes | None) -> None:
        """Takes what stands before the stream: `hvcC`, or units with start codes."""
        data = extradata or b""
        self._length_size = (data[21] & 3) + 1 if data[:1] == b"\1" and data[22:] else 0
        self._waiting: dict[int, int] = {}
        """Numbers of packets whose picture has not come, by time."""
        self._packets = self._lost = 0
        self._begun = self._ended = False
        self._hides = _hides_pictures(data)

    @property
    def lost(self) -> int:
        """How many will not come; 0 where the stream itself may hide pictures."""
        return 0 if self._hides else self._lost

    def send(self, packet: "Packet[VideoStream]") -> None:
        """Takes a packet before it is decoded; an empty one is the end."""
        if not packet.size:
            return
        self._packets += 1
        self._give_up(self._packets - _LATEST)
        head = bytes(memoryview(packet)[:_HEAD_BYTES])
        unit = self._first_slice(head)
        kind = (unit[0] >> 1) & 63 if unit else None
        if self._forgets(unit, kind):
            self._waiting.clear()
        self._ended = bytes(memoryview(packet)[-2:]) in _ENDS
        self._begun |= packet.is_keyframe
        shown = kind is not None and kind not in _RASL and not packet.is_discard
        if self._begun and shown and packet.pts is not None:
            self._waiting[packet.pts] = self._packets

    def show(self, pictures: Iterable[av.VideoFrame]) -> None:
        """Takes the pictures that came."""
        for picture in pictures:
            if picture.pts is not None:
                self._waiting.pop(picture.pts, None)

    def finish(self) -> None:
        """Takes the end: no more pictures come."""
        self._give_up(self._packets + 1)

    def _give_up(self, before: int) -> None:
        late = [pts for pts, number in self._waiting.items() if number < before]
        for pts in late:
            del self._waiting[pts]
        self._lost += len(late)

    def _first_slice(self, head: bytes) -> bytes:
        """Returns the first slice from its head on; nothing if none is near."""
        for start in unit_starts(head, self._length_size):
            unit = int.from_bytes(head[start : start + 2])
            if unit >> 9 <= _LAST_SLICE and not unit & _LAYER:
                self._hides |= _hides_pictures(head[:start])
                return head[start:]
        return b""

    def _forgets(self, unit: bytes, kind: int | None) -> bool:
        if kind == _CRA:
            return self._ended
        return kind in _FORGETTING and len(unit) > 2 and bool(unit[2] & 64)


def _hides_pictures(data: bytes) -> bool:
    """Returns whether a parameter set lets pictures say that they are not shown."""
    for piece in data.split(_PPS)[1:]:
        bits = f"{int.from_bytes(piece[:8], 'big'):0{8 * len(piece[:8])}b}"
        for _ in range(2):  # numbers of the set, and of the one that it belongs to
            zeros = len(bits) - len(bits.lstrip("0"))
            bits = bits[2 * zeros + 1 :]
        if bits[1:2] == "1":
            return True
    return False
