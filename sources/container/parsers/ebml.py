"""The elements of Matroska and WebM: what FFmpeg does not hand on is read from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

SEGMENT, CLUSTER, TRACKS, TRACK = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
_UNKNOWN = -1
_TOP = frozenset(
    {CLUSTER, TRACKS, 0x114D9B74, 0x1549A966, 0x1C53BB6B, 0x1043A770, 0x1254C367}
    | {0x1941A469, 0xEC, 0xBF}
)
"""What lies in a segment: seek head, info, cues, chapters, tags, attachments, void."""
_IN_CLUSTER = frozenset({0xE7, 0xA3, 0xA0, 0xA7, 0xAB, 0xAF, 0x5854, 0xEC, 0xBF})
"""Time, blocks, position, sizes, silent tracks, void, checksum."""
_FIRST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its number, and where its content lies in the file."""

    number: int
    start: int
    size: int
    """Bytes of the content; -1 where a live writer left it open."""


def elements(file: BinaryIO, start: int, end: int) -> Iterator[Element]:
    """Yields the elements that lie one behind the other from `start` to `end`."""
    place = start
    while place < end:
        file.seek(place)
        head = file.read(12)
        number, used = _number(head, 0, keep_marker=True)
        size, more = _number(head, used, keep_marker=False)
        if not used or not more:
            return
        yield Element(number, place + used + more, size)
        if size == _UNKNOWN:
            return
        place += used + more + size


def _number(data: bytes, place: int, *, keep_marker: bool) -> tuple[int, int]:
    """Returns a number of variable length and its length; 0 for what is none."""
    if place >= len(data) or not data[place]:
        return 0, 0
    length = 9 - data[place].bit_length()
    piece = data[place : place + length]
    if len(piece) < length:
        return 0, 0
    value = int.from_bytes(piece, "big")
    if keep_marker:
        return value, length
    mask = (1 << 7 * length) - 1
    return (_UNKNOWN if value & mask == mask else value & mask), length


def segment_of(file: BinaryIO, end: int) -> Element | None:
    """Returns the element that holds all others; None in what is no Matroska."""
    found = (e for e in elements(file, 0, min(end, _FIRST_BYTES)))
    return next((element for element in found if element.number == SEGMENT), None)


def missing_bytes(file: BinaryIO, end: int) -> int:
    """Returns how many bytes are missing behind an element that the end cuts.

    A segment that says it is longer proves nothing: its writer may have put less there.
    """
    segment = segment_of(file, end)
    if segment is None or segment.size == _UNKNOWN:
        return 0
    stop = segment.start + segment.size
    for element in elements(file, segment.start, min(stop, end)):
        if element.number not in _TOP:
            break
        if element.start + element.size > end:
            return stop - end
    return 0


def damage_of(file: BinaryIO, end: int) -> int | None:
    """Returns where a Matroska file is damaged, a byte; None if nowhere.

    Only by what it says itself: elements of known size lie one behind the other, in the
    segment and in its clusters. What a live writer left open is not looked at.
    """
    segment = segment_of(file, end)
    if segment is None or segment.size == _UNKNOWN:
        return None
    stop = min(segment.start + segment.size, end)
    place = segment.start
    for element in elements(file, segment.start, stop):
        if element.number not in _TOP:
            return place
        if element.size == _UNKNOWN:
            return None
        place = element.start + element.size
        inside = _behind_last(file, element) if element.number == CLUSTER else place
        if inside < min(place, end):
            return inside
    return place if place < stop else None


def _behind_last(file: BinaryIO, holder: Element) -> int:
    """Returns where the elements in a holder end that can be read."""
    place = holder.start
    for inner in elements(file, holder.start, holder.start + holder.size):
        if inner.number not in _IN_CLUSTER or inner.size == _UNKNOWN:
            break
        place = inner.start + inner.size
    return place


def fields(file: BinaryIO, element: Element) -> Mapping[int, bytes]:
    """Returns the elements in a small one, by number, also of those inside them."""
    found: dict[int, bytes] = {}
    for inner in elements(file, element.start, element.start + element.size):
        file.seek(inner.start)
        found.setdefault(inner.number, file.read(max(inner.size, 0)))
        if inner.number in _HOLDERS:
            for number, value in fields(file, inner).items():
                found.setdefault(number, value)
    return MappingProxyType(found)


_HOLDERS = frozenset({0xE0, 0xE1, 0x6D80, 0x6240, 0x5035, 0x55B0, 0x55D0, 0x7670})
"""Video, audio, encodings, encoding, encryption, colour, mastering, projection."""


def tracks(file: BinaryIO, end: int) -> list[Mapping[int, bytes]]:
    """Returns the fields of each track of a Matroska file; none in another."""
    segment = segment_of(file, end)
    if segment is None:
        return []
    stop = end if segment.size == _UNKNOWN else min(end, segment.start + segment.size)
    for element in elements(file, segment.start, stop):
        if element.number == CLUSTER:
            return []
        if element.number == TRACKS:
            inner = elements(file, element.start, element.start + element.size)
            return [fields(file, each) for each in inner if each.number == TRACK]
    return []
