import struct
import zlib
from random import Random

import pytest

from benchmarks.fuzzing.mutations import (
    BYTES,
    cut,
    flip_in_the_head,
    flip_in_the_tail,
    overwrite,
    shuffle_parts,
)

WHOLE = bytes(range(256)) * 40
"""More than twice a head of 4096 bytes."""


def rng(seed: int = 5) -> Random:
    return Random(seed)  # noqa: S311 - to be had again


def test_a_seed_makes_the_same_damage_again() -> None:
    whole = bytes(range(256)) * 20

    for name, damage in BYTES.items():
        first, again = (damage(whole, rng()) for _ in "ab")

        assert first == again, name
        assert first != whole, name


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize("whole", [b"", b"x", b"\x1a", b"\0\0\0\x08ftyp"])
def test_the_shortest_of_files_can_be_damaged_too(name: str, whole: bytes) -> None:
    for seed in range(10):
        assert isinstance(BYTES[name](whole, rng(seed)), bytes)


def test_head_and_tail_are_hit_where_they_are() -> None:
    for seed in range(10):
        assert flip_in_the_head(WHOLE, rng(seed))[4096:] == WHOLE[4096:]
        assert flip_in_the_tail(WHOLE, rng(seed))[:-4096] == WHOLE[:-4096]
        assert len(overwrite(WHOLE, rng(seed))) == len(WHOLE)
        assert WHOLE.startswith(cut(WHOLE, rng(seed)))


def test_boxes_are_moved_whole() -> None:
    boxes = [b"\0\0\0\x0cftypisom", b"\0\0\0\x08free", b"\0\0\0\x0amdatxy"]

    shuffled = {shuffle_parts(b"".join(boxes), rng(seed)) for seed in range(40)}

    assert boxes[1] + boxes[0] + boxes[2] in shuffled
    assert boxes[0] + boxes[2] in shuffled


def test_chunks_of_a_png_are_moved_whole_behind_its_signature() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    chunks = [chunk(b"IHDR", b"x" * 13), chunk(b"IDAT", b"abc"), chunk(b"IEND", b"")]
    signature = b"\x89PNG\r\n\x1a\n"

    for seed in range(20):
        rest = shuffle_parts(signature + b"".join(chunks), rng(seed))
        assert rest.startswith(signature)
        for one in chunks:
            rest = rest.replace(one, b"")
        assert rest == signature


def test_packets_of_a_transport_stream_are_moved_whole() -> None:
    packets = [b"G" + bytes([number]) * 187 for number in range(6)]

    moved = shuffle_parts(b"".join(packets), rng(1))

    found = [moved[place : place + 188] for place in range(0, len(moved), 188)]
    assert set(found) <= set(packets)
    assert found != packets
