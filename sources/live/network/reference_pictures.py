"""Notices in H.265 that a picture which others are built on was lost on the way.

Each picture names those that it, or later ones, need by their distance in time (H.265,
7.3.7, `st_ref_pic_set`; 8.3.2). FFmpeg's decoder makes up one that is missing and says
so in its log alone.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from sources.live.network.bits import Bits, units_of

_SPS, _PPS = 33, 34
_LAST_SLICE, _FIRST_IRAP, _LAST_IRAP = 21, 16, 23
_IDR = frozenset({19, 20})
_LEADING = frozenset({8, 9})
"""RASL: need pictures from before a key frame, and are not shown behind a join."""
_HEAD_BYTES, _SET_BYTES = 96, 1024
_KEPT = 64
_PLANES_APART = 3

_Set = tuple[tuple[int, bool], ...]
"""Distances to pictures that are needed, and whether this one is built on them."""


@dataclass(frozen=True, slots=True)
class _Sequence:
    order_bits: int
    planes_apart: bool
    sets: tuple[_Set, ...]


@dataclass(frozen=True, slots=True)
class _Pictures:
    dependent_slices: bool
    output_flag: bool
    extra_bits: int


class ReferencePictures:
    """Follows the pictures of one stream. Logic on bytes."""

    def __init__(self, head: bytes = b"") -> None:
        """`head`: parameter sets that stand before the stream, as a byte stream."""
        self._sequence: _Sequence | None = None
        self._parameters: dict[int, _Pictures] = {}
        self._seen: deque[int] | None = None
        """Orders of the pictures that came since a key frame; None before one. One
        that comes twice tells that a key frame between them is missing."""
        for unit in units_of(head):
            self._learn(unit)

    def lost(self, packet: bytes) -> bool:
        """Takes the next packet; returns whether what it is built on is missing."""
        for unit in units_of(packet):
            kind = (unit[0] >> 1) & 63
            if kind in {_SPS, _PPS}:
                self._learn(unit)
            elif kind <= _LAST_SLICE and len(unit) > 2 and unit[2] & 128:
                return self._picture(unit, kind)
        return False

    def _picture(self, unit: bytes, kind: int) -> bool:
        sequence = self._sequence
        if sequence is None:
            return False
        try:
            order, wanted = _slice_head(unit, kind, sequence, self._parameters)
        except (IndexError, KeyError):
            return False
        if _FIRST_IRAP <= kind <= _LAST_IRAP:
            self._seen = deque([order], maxlen=_KEPT)
            return False
        if self._seen is None or kind in _LEADING:
            return False
        modulus = 1 << sequence.order_bits
        needed = {(order + far) % modulus for far, is_used in wanted if is_used}
        missing = bool(needed - set(self._seen)) or order in self._seen
        self._seen.append(order)
        return missing

    def _learn(self, unit: bytes) -> None:
        kind, bits = (unit[0] >> 1) & 63, Bits(unit[2:_SET_BYTES])
        try:
            if kind == _SPS:
                self._sequence = _read_sps(bits)
            elif kind == _PPS:
                number = bits.golomb()
                bits.golomb()
                self._parameters[number] = _Pictures(
                    bool(bits.take(1)), bool(bits.take(1)), bits.take(3)
                )
        except IndexError:
            self._sequence = None if kind == _SPS else self._sequence


def _slice_head(
    unit: bytes, kind: int, sequence: _Sequence, parameters: dict[int, _Pictures]
) -> tuple[int, _Set]:
    """Returns a picture's order, and what it needs (7.3.6.1)."""
    bits = Bits(unit[2:_HEAD_BYTES])
    bits.take(1)  # the first slice, as was looked at
    if _FIRST_IRAP <= kind <= _LAST_IRAP:
        bits.take(1)
    pictures = parameters[bits.golomb()]
    bits.take(pictures.extra_bits)
    bits.golomb()  # type
    if pictures.output_flag:
        bits.take(1)
    if sequence.planes_apart:
        bits.take(2)
    if kind in _IDR:
        return 0, ()
    order = bits.take(sequence.order_bits)
    count = len(sequence.sets)
    if not bits.take(1):
        return order, _read_set(bits, sequence.sets, in_slice=True)
    index = bits.take((count - 1).bit_length()) if count > 1 else 0
    return order, sequence.sets[index]


def _read_sps(bits: Bits) -> _Sequence | None:
    """Returns what heads of slices are read with (7.3.2.2.1); None: cannot be."""
    bits.take(4)
    layers = bits.take(3)
    bits.take(1)
    _skip_profile(bits, layers)
    bits.golomb()
    apart = bits.golomb() == _PLANES_APART and bool(bits.take(1))
    bits.skip_golombs(2)
    if bits.take(1):  # a window
        bits.skip_golombs(4)
    bits.skip_golombs(2)
    order_bits = bits.golomb() + 4
    each = bits.take(1)
    bits.skip_golombs(3 * (layers + 1 if each else 1))
    bits.skip_golombs(6)
    if bits.take(1) and bits.take(1):  # lists of scalings, which no camera sends
        return None
    bits.take(2)
    if bits.take(1):  # PCM
        bits.take(8)
        bits.skip_golombs(2)
        bits.take(1)
    sets: list[_Set] = []
    for _ in range(bits.golomb()):
        sets.append(_read_set(bits, sets, in_slice=False))
    return _Sequence(order_bits, apart, tuple(sets))


def _skip_profile(bits: Bits, layers: int) -> None:
    """Passes over the profiles and levels (7.3.3)."""
    bits.take(96)
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    if layers:
        bits.take(2 * (8 - layers))
    for profile, level in present:
        bits.take(88 * profile + 8 * level)


def _read_set(bits: Bits, known: Sequence[_Set], *, in_slice: bool) -> _Set:
    """Returns a set of pictures (7.3.7), which may be told by those that are known."""
    if known and bits.take(1):
        back = bits.golomb() + 1 if in_slice else 1
        return _predicted_set(bits, known[len(known) - back])
    before, after = bits.golomb(), bits.golomb()
    found: list[tuple[int, bool]] = []
    for sign, count in ((-1, before), (1, after)):
        far = 0
        for _ in range(count):
            far += sign * (bits.golomb() + 1)
            found.append((far, bool(bits.take(1))))
    return tuple(found)


def _predicted_set(bits: Bits, source: _Set) -> _Set:
    """Returns a set that is told as the difference to another one (7-61, 7-62)."""
    sign = bits.take(1)
    shift = (1 - 2 * sign) * (bits.golomb() + 1)
    found = []
    for far in [*(far for far, _ in source), 0]:
        is_used = bool(bits.take(1))
        if is_used or bits.take(1):
            found.append((far + shift, is_used))
    below = sorted((each for each in found if each[0] < 0), reverse=True)
    return (*below, *sorted(each for each in found if each[0] > 0))
