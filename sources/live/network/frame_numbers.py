"""Notices by the numbers of H.264 pictures that one was lost on the way.

A packet that is lost over UDP may have held a whole picture: FFmpeg's decoder then puts
an older one in its place and says nothing, and what is built on it smears up to the
next key frame. Each reference picture counts one further (H.264, 7.4.3, `frame_num`).
"""

from sources.live.network.bits import Bits, units_of

_SLICE, _IDR, _SPS = 1, 5, 7
_HEAD_BYTES = 24
"""Of a slice: what stands before its number is shorter."""
_SPS_BYTES = 256
_CHROMA_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134})
_PLANES_APART = 3


class FrameNumbers:
    """Follows the numbers of one stream. Logic on bytes."""

    def __init__(self, head: bytes = b"") -> None:
        """`head`: parameter sets that stand before the stream, as a byte stream."""
        self._bits: int | None = None
        """Of a number; None while it is not known, or gaps are allowed."""
        self._planes_apart = False
        self._last: int | None = None
        for unit in units_of(head):
            self._learn(unit)

    def lost(self, packet: bytes) -> bool:
        """Takes the next packet; returns whether pictures before it are missing."""
        for unit in units_of(packet):
            kind, is_reference = unit[0] & 31, bool(unit[0] & 96)
            if kind == _SPS:
                self._learn(unit)
            elif kind in {_SLICE, _IDR}:
                return self._slice(unit, key=kind == _IDR, is_reference=is_reference)
        return False

    def _slice(self, unit: bytes, *, key: bool, is_reference: bool) -> bool:
        number = self._number(unit)
        last, self._last = self._last, number if is_reference else self._last
        if key or number is None or last is None or self._bits is None:
            return False
        return number not in {last, (last + 1) % (1 << self._bits)}

    def _number(self, unit: bytes) -> int | None:
        if self._bits is None:
            return None
        bits = Bits(unit[1:_HEAD_BYTES])
        try:
            for _ in range(3):  # first macroblock, type, parameter set
                bits.golomb()
            if self._planes_apart:
                bits.take(2)
            return bits.take(self._bits)
        except IndexError:
            return None

    def _learn(self, unit: bytes) -> None:
        if unit[0] & 31 != _SPS:
            return
        try:
            self._bits, self._planes_apart = _read_sps(Bits(unit[1:_SPS_BYTES]))
        except IndexError:
            self._bits = None


def _read_sps(bits: Bits) -> tuple[int | None, bool]:
    """Returns how long numbers are, and whether planes are coded apart (7.3.2.1.1)."""
    profile = bits.take(8)
    bits.take(16)
    bits.golomb()
    apart = False
    if profile in _CHROMA_PROFILES:
        if bits.golomb() == _PLANES_APART:
            apart = bool(bits.take(1))
        bits.golomb()
        bits.golomb()
        bits.take(1)
        if bits.take(1):  # lists of scalings, which no camera sends
            return None, apart
    length = bits.golomb() + 4
    _skip_order(bits)
    bits.golomb()
    gaps_allowed = bits.take(1)
    return None if gaps_allowed else length, apart


def _skip_order(bits: Bits) -> None:
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind == 1:
        bits.take(1)
        bits.golomb()
        bits.golomb()
        for _ in range(bits.golomb()):
            bits.golomb()
