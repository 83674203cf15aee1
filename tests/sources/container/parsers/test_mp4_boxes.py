"""The boxes of MP4 files, those that FFmpeg writes and those that are bent."""

import struct
from io import BytesIO

import pytest

from sources.container.parsers.mp4_boxes import (
    boxes,
    content,
    find,
    inside,
    is_fragmented,
    tree,
)
from tests.conftest import FRAGMENTS, MakeClip


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def kinds_in(data: bytes) -> list[str]:
    return [one.kind for one in boxes(BytesIO(data), 0, len(data))]


def test_a_clip_is_made_of_boxes_to_its_last_byte(make_clip: MakeClip) -> None:
    data = make_clip("in.mp4", frames=3).read_bytes()

    found = list(boxes(BytesIO(data), 0, len(data)))

    assert [one.kind for one in found] == ["ftyp", "free", "mdat", "moov"]
    assert found[-1].end == len(data)


def test_a_path_of_names_leads_to_a_box(make_clip: MakeClip) -> None:
    data = make_clip("in.mp4", frames=3, audio=True).read_bytes()
    file = BytesIO(data)

    handlers = find(file, 0, len(data), "moov", "trak", "mdia", "hdlr")

    assert [content(file, one)[8:12] for one in handlers] == [b"vide", b"soun"]
    assert find(file, 0, len(data), "moov", "nope", "hdlr") == []


def test_every_box_of_the_tree_is_given_also_those_of_the_codec(
    make_clip: MakeClip,
) -> None:
    data = make_clip("in.mp4", frames=3).read_bytes()

    kinds = [one.kind for one in tree(BytesIO(data), 0, len(data))]

    assert {"moov", "trak", "stbl", "stsd", "avc1", "avcC"} <= set(kinds)
    assert kinds.index("stsd") < kinds.index("avc1") < kinds.index("avcC")


def test_a_long_size_and_one_to_the_end_are_understood() -> None:
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 3) + b"abc"
    rest = struct.pack(">I4s", 0, b"free") + b"rest"
    file = BytesIO(long + rest)

    first, last = boxes(file, 0, len(long + rest))

    assert (first.kind, first.start, first.size) == ("mdat", 16, 3)
    assert (last.kind, content(file, last)) == ("free", b"rest")


@pytest.mark.parametrize(
    "bent",
    [
        b"\0\0\0\x08fre",  # cut in the head
        struct.pack(">I4s", 7, b"free"),  # shorter than its head
        struct.pack(">I4s", 9, b"free"),  # longer than the file
        struct.pack(">I4sQ", 1, b"free", 15),  # a long one shorter than its head
    ],
)
def test_what_is_no_box_ends_the_walk(bent: bytes) -> None:
    assert kinds_in(box(b"ftyp") + bent) == ["ftyp"]


def test_only_a_file_with_a_whole_head_of_a_fragment_is_fragmented(
    make_clip: MakeClip,
) -> None:
    plain, fragmented = make_clip("in.mov"), make_clip("in.mp4", muxing=FRAGMENTS)
    head = fragmented.read_bytes().index(b"moof")

    assert not is_fragmented(plain)
    assert is_fragmented(fragmented)

    fragmented.write_bytes(fragmented.read_bytes()[: head + 20])

    assert not is_fragmented(fragmented)


def test_the_boxes_in_a_box_end_with_it() -> None:
    data = box(b"udta", box(b"name", b"x") + box(b"loci")) + box(b"free")
    file = BytesIO(data)
    [outer, _] = boxes(file, 0, len(data))

    assert [one.kind for one in inside(file, outer)] == ["name", "loci"]


def test_boxes_in_boxes_without_end_are_not_followed_for_ever() -> None:
    data = box(b"udta")
    for _ in range(100):
        data = box(b"udta", data)

    assert len(list(tree(BytesIO(data), 0, len(data)))) == 9
