"""What happens to files: bytes turn, ends and middles go, packets and boxes move."""

import struct
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise
from random import Random

from sources.container.parsers.ebml import CLUSTER, TRACKS, elements, segment_of
from sources.container.parsers.mp4_boxes import Box, boxes, inside

Mutation = Callable[[bytes, Random], bytes]
_HEAD_BYTES = 4096
_HOLDERS = frozenset({"moov", "trak", "mdia", "minf", "stbl", "udta", "moof", "traf"})
_PNG = b"\x89PNG\r\n\x1a\n"
_TS_PACKET = 188


def flip_anywhere(data: bytes, rng: Random) -> bytes:
    """Turns single bits, up to one in 200 bytes."""
    return _flipped(data, rng, len(data), rng.randint(1, max(len(data) // 200, 1)))


def flip_in_the_head(data: bytes, rng: Random) -> bytes:
    """Turns some bits of the first bytes, which say what all others are."""
    return _flipped(data, rng, _HEAD_BYTES, rng.randint(1, 24))


def flip_in_the_tail(data: bytes, rng: Random) -> bytes:
    """Turns some bits of the last bytes: the index of many files."""
    whole = data[::-1]
    return _flipped(whole, rng, _HEAD_BYTES, rng.randint(1, 24))[::-1]


def _flipped(data: bytes, rng: Random, within: int, count: int) -> bytes:
    changed = bytearray(data)
    for _ in range(count if changed else 0):
        changed[rng.randrange(min(within, len(changed)))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwrite(data: bytes, rng: Random) -> bytes:
    """Puts zeros, ones or noise over a piece, as a bad sector does."""
    size = rng.randint(1, max(len(data) // 8, 1))
    start = rng.randrange(max(len(data) - size, 1))
    filling = rng.choice((b"\0" * size, b"\xff" * size, rng.randbytes(size)))
    return data[:start] + filling + data[start + size :]


def cut(data: bytes, rng: Random) -> bytes:
    """Ends the file early, anywhere."""
    return data[: rng.randrange(max(len(data), 1))]


def drop_a_piece(data: bytes, rng: Random) -> bytes:
    """Takes a piece out of the middle, and sometimes puts it in elsewhere."""
    size = rng.randint(1, max(len(data) // 4, 1))
    start = rng.randrange(max(len(data) - size, 1))
    left = data[:start] + data[start + size :]
    if rng.random() < 0.5:
        return left
    place = rng.randrange(len(left) + 1)
    return left[:place] + data[start : start + size] + left[place:]


def large_numbers(data: bytes, rng: Random) -> bytes:
    """Writes lengths nobody expects over words of the head."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(max(min(_HEAD_BYTES, len(changed)) - 8, 1))
        number = rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x00FFFFFF))
        changed[place : place + 4] = struct.pack(rng.choice("<>") + "I", number)
    return bytes(changed)


def shuffle_parts(data: bytes, rng: Random) -> bytes:
    """Moves, doubles or takes away boxes, elements, chunks or packets of the form.

    What has none of them is cut into pieces at random.
    """
    parts = _parts(data, rng)
    head, pieces, tail = parts
    pieces = list(pieces)
    for _ in range(rng.randint(1, 3)):
        if not pieces:
            break
        act = rng.randrange(4)
        one, other = rng.randrange(len(pieces)), rng.randrange(len(pieces))
        if act == 0:
            pieces[one], pieces[other] = pieces[other], pieces[one]
        elif act == 1:
            del pieces[one]
        elif act == 2:
            pieces.insert(other, pieces[one])
        else:
            rng.shuffle(pieces)
    return head + b"".join(pieces) + tail


def _parts(data: bytes, rng: Random) -> tuple[bytes, Sequence[bytes], bytes]:
    if data.startswith(_PNG):
        return _PNG, _png_chunks(data), b""
    if data[:1] == b"\x1a":
        return _elements_of(data, rng)
    if data[4:8] == b"ftyp":
        return _boxes_of(data, rng)
    if data[:1] == b"G" and data[_TS_PACKET : _TS_PACKET + 1] == b"G":
        return b"", _split(data, range(0, len(data), _TS_PACKET)), b""
    size = max(len(data) // rng.randint(3, 12), 1)
    return b"", _split(data, range(0, len(data), size)), b""


def _split(data: bytes, starts: Sequence[int]) -> list[bytes]:
    return [data[a:b] for a, b in pairwise([*starts, len(data)])]


def _png_chunks(data: bytes) -> list[bytes]:
    found, place = [], len(_PNG)
    while place + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, place)
        found.append(data[place : place + 12 + size])
        place += 12 + size
    return found


def _elements_of(data: bytes, rng: Random) -> tuple[bytes, Sequence[bytes], bytes]:
    file = BytesIO(data)
    outer = segment_of(file, len(data))
    if outer is None:
        return data, [], b""
    end = len(data) if outer.size < 0 else outer.start + outer.size
    found = list(elements(file, outer.start, end))
    deep = [e for e in found if e.number in (CLUSTER, TRACKS) and e.size > 0]
    if deep and rng.random() < 0.7:
        chosen = rng.choice(deep)
        end = chosen.start + chosen.size
        outer, found = chosen, list(elements(file, chosen.start, end))
    starts = [outer.start, *(e.start + max(e.size, 0) for e in found)][:-1]
    if not starts:
        return data, [], b""
    return data[: outer.start], _split(data[:end], starts), data[end:]


def _boxes_of(data: bytes, rng: Random) -> tuple[bytes, Sequence[bytes], bytes]:
    """Boxes of one holder, drawn from all; its length stays as it was said."""
    file = BytesIO(data)
    holders = [Box("", 0, len(data))]
    for holder in holders:
        holders += [b for b in inside(file, holder) if b.kind in _HOLDERS]
    chosen = rng.choice(holders)
    found = list(boxes(file, chosen.start, chosen.end))
    starts = [chosen.start, *(box.end for box in found)][:-1]
    if not starts:
        return data, [], b""
    return data[: chosen.start], _split(data[: chosen.end], starts), data[chosen.end :]


BYTES: dict[str, Mutation] = {
    "flip": flip_anywhere,
    "flip head": flip_in_the_head,
    "flip tail": flip_in_the_tail,
    "overwrite": overwrite,
    "cut": cut,
    "drop a piece": drop_a_piece,
    "large numbers": large_numbers,
    "shuffle": shuffle_parts,
}
"""By the name that a result has for them."""
