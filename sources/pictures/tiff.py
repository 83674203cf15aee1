"""Directories of TIFF files, which EXIF is too: read, and written anew.

TIFF 6.0, section 2. Numbers are held in little-endian order, whatever the file's was.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
}
_WIDTHS = {3: 2, 8: 2, 4: 4, 9: 4, 11: 4, 13: 4, 5: 4, 10: 4, 12: 8}
"""Bytes of a number in each type, where it is more than one byte."""
_HEAD = 8
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_BIG = (b"II+\0", b"MM\0+")
_LONG = 4
_SUB_DIRECTORIES = frozenset({34665, 34853, 40965})
"""EXIF, GPS and interoperability: their value is the place of another directory."""
_DEEPEST = 3
WIDTH, BITS, COMPRESSION, PHOTOMETRIC = 256, 258, 259, 262
STRIPS, STRIP_BYTES, TILE_WIDTH, TILES, TILE_BYTES = 273, 279, 322, 324, 325
X_DENSITY, Y_DENSITY, DENSITY_UNIT = 282, 283, 296
EXTRA_SAMPLES, SAMPLE_FORMAT, XMP, ICC = 338, 339, 700, 34675
PHOTOSHOP, LAYERS, SAMPLES = 34377, 37724, 277
OF_THE_PICTURE = frozenset(
    {*range(254, 267), STRIPS, *range(277, 282), X_DENSITY, Y_DENSITY, 284}
    | {*range(288, 294), DENSITY_UNIT, 301, 317, *range(320, 327), 328, 330}
    | {*range(332, 344), 347, *range(512, 522), *range(529, 533), 559}
    | {PHOTOSHOP, LAYERS, XMP, ICC}
)
"""Tags that say how a picture is stored, and those that are handed on by themselves."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory."""

    kind: int
    """The type by TIFF's number: 2 text, 3 short, 4 long, 5 rational, 7 bytes, ..."""
    data: bytes
    """All values, little-endian; empty for another directory."""
    entries: "Mapping[int, Entry] | None" = None
    """Of that other directory."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The values as whole numbers; a rational gives two."""
        width = _WIDTHS.get(self.kind, 1)
        size = len(self.data) // width * width
        return tuple(
            int.from_bytes(self.data[at : at + width], "little")
            for at in range(0, size, width)
        )


Directory = Mapping[int, Entry]
"""Entries by their tags."""


def is_tiff(data: bytes) -> bool:
    """Returns whether a file begins as TIFF does, of the old kind or the large one."""
    return data[:4] in _ORDERS or is_big(data)


def is_big(data: bytes) -> bool:
    """Returns whether it is BigTIFF, whose directories are not read here."""
    return data[:4] in _BIG


def directories_of(data: bytes) -> list[Directory]:
    """Returns the directories of a file, one for each page; none if it is no TIFF.

    What is damaged ends the list.
    """
    order = _ORDERS.get(data[:4]) if len(data) >= _HEAD else None
    found: list[Directory] = []
    places: set[int] = set()
    place = _number(data, 4, order, 4) if order else 0
    while order and place and place not in places:
        places.add(place)
        try:
            found.append(_directory(data, place, order, 0))
            count = _number(data, place, order, 2)
            place = _number(data, place + 2 + 12 * count, order, 4)
        except struct.error:
            break
    return found


def file_of(entries: Directory) -> bytes:
    """Returns a TIFF structure with these entries and no picture, as EXIF has it."""
    return b"II*\0" + struct.pack("<I", _HEAD) + packed(entries, _HEAD)


def with_directory(data: bytes, entries: Directory) -> bytes:
    """Returns a TIFF whose first directory is replaced; its picture stays in place."""
    start = len(data) + len(data) % 2
    head = data[:4] + struct.pack("<I", start)
    return head + data[8:] + bytes(start - len(data)) + packed(entries, start)


def packed(entries: Directory, start: int) -> bytes:
    """Returns a directory, and behind it what does not fit in.

    Args:
        entries: To be written in the order of their tags.
        start: The place of the directory in the file.
    """
    head = struct.pack("<H", len(entries))
    end = start + 2 + 12 * len(entries) + 4
    behind = b""
    for tag, entry in sorted(entries.items()):
        if entry.entries is not None:
            place, value = end + len(behind), packed(entry.entries, end + len(behind))
            head += struct.pack("<HHII", tag, _LONG, 1, place)
            behind += value + bytes(len(value) % 2)
            continue
        count = len(entry.data) // _SIZES[entry.kind]
        head += struct.pack("<HHI", tag, entry.kind, count)
        if len(entry.data) <= 4:
            head += entry.data.ljust(4, b"\0")
            continue
        head += struct.pack("<I", end + len(behind))
        behind += entry.data + bytes(len(entry.data) % 2)
    return head + bytes(4) + behind


def rational(values: Iterable[float]) -> Entry:
    """Returns an entry of fractions."""
    return Entry(5, b"".join(struct.pack("<II", round(v * 100), 100) for v in values))


def shorts(values: Sequence[int]) -> Entry:
    """Returns an entry of numbers below 65,536."""
    return Entry(3, struct.pack(f"<{len(values)}H", *values))


def _directory(data: bytes, place: int, order: str, depth: int) -> Directory:
    """Raises `struct.error` where the file ends too early."""
    entries: dict[int, Entry] = {}
    for number in range(_number(data, place, order, 2)):
        at = place + 2 + 12 * number
        tag, kind, count = struct.unpack_from(order + "HHI", data, at)
        size = _SIZES.get(kind, 0) * count
        if not size:
            continue
        where = at + 8 if size <= 4 else _number(data, at + 8, order, 4)
        if tag in _SUB_DIRECTORIES and size == 4 and depth < _DEEPEST:
            inner = _directory(data, _number(data, at + 8, order, 4), order, depth + 1)
            entries[tag] = Entry(_LONG, b"", inner)
        elif where + size <= len(data):
            value = data[where : where + size]
            entries[tag] = Entry(kind, _little(value, kind, order))
    return entries


def _number(data: bytes, place: int, order: str, width: int) -> int:
    value: int
    (value,) = struct.unpack_from(order + {2: "H", 4: "I"}[width], data, place)
    return value


def _little(value: bytes, kind: int, order: str) -> bytes:
    width = _WIDTHS.get(kind, 1)
    if order == "<" or width == 1:
        return value
    numbers = (value[at : at + width][::-1] for at in range(0, len(value), width))
    return b"".join(numbers)
