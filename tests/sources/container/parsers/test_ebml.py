"""Matroska files, written by FFmpeg, and bent byte by byte."""

from io import BytesIO
from pathlib import Path

import pytest

from sources.container.parsers.ebml import (
    CLUSTER,
    Element,
    damage_of,
    elements,
    fields,
    missing_bytes,
    segment_of,
    tracks,
)
from tests.conftest import MakeClip

WIDTH, HEIGHT, CODEC, VIDEO = 0xB0, 0xBA, 0x86, 0xE0


def numbers_in(data: bytes) -> list[tuple[int, int, int]]:
    found = elements(BytesIO(data), 0, len(data))
    return [(one.number, one.start, one.size) for one in found]


@pytest.fixture
def clip(make_clip: MakeClip) -> bytes:
    path: Path = make_clip("in.mkv", frames=5, size=(64, 48))
    return path.read_bytes()


def cluster_in(data: bytes) -> Element:
    segment = segment_of(BytesIO(data), len(data))
    assert segment is not None
    inside = elements(BytesIO(data), segment.start, len(data))
    return next(one for one in inside if one.number == CLUSTER)


def test_elements_lie_one_behind_the_other() -> None:
    data = b"\xec\x82ab" + b"\xbf\x40\x01c" + b"\x1f\x43\xb6\x75\x80"

    assert numbers_in(data) == [(0xEC, 2, 2), (0xBF, 7, 1), (CLUSTER, 13, 0)]


@pytest.mark.parametrize("end", [b"\0\x81a", b"\xec", b"\xec\x00", b"\x1f\x43"])
def test_what_is_no_element_ends_the_walk(end: bytes) -> None:
    assert numbers_in(b"\xec\x81a" + end) == [(0xEC, 2, 1)]


@pytest.mark.parametrize("size", [b"\xff", b"\x7f\xff", b"\x01" + b"\xff" * 7])
def test_a_size_of_ones_is_not_known_and_nothing_follows(size: bytes) -> None:
    start = 1 + len(size)

    assert numbers_in(b"\xec" + size + b"\xec\x81a") == [(0xEC, start, -1)]


def test_the_track_of_a_clip_says_its_codec_and_its_size(clip: bytes) -> None:
    [track] = tracks(BytesIO(clip), len(clip))

    assert track[CODEC] == b"V_MPEG4/ISO/AVC"
    assert int.from_bytes(track[WIDTH]) == 64  # inside the element for video
    assert int.from_bytes(track[HEIGHT]) == 48


def test_the_first_of_two_fields_counts() -> None:
    data = b"\x86\x81a" + b"\x86\x81b" + b"\xe0\x83\xb0\x81\x07"

    found = fields(BytesIO(data), Element(0, 0, len(data)))

    assert found == {CODEC: b"a", VIDEO: b"\xb0\x81\x07", WIDTH: b"\x07"}


@pytest.mark.parametrize("data", [b"", b"RIFF....WEBP", bytes(64), b"\xff" * 64])
def test_what_is_no_matroska_has_nothing(data: bytes) -> None:
    file = BytesIO(data)

    assert segment_of(file, len(data)) is None
    assert tracks(file, len(data)) == []
    assert missing_bytes(file, len(data)) == 0
    assert damage_of(file, len(data)) is None


def test_a_whole_clip_is_neither_cut_nor_damaged(clip: bytes) -> None:
    assert missing_bytes(BytesIO(clip), len(clip)) == 0
    assert damage_of(BytesIO(clip), len(clip)) is None


def test_a_cut_inside_a_cluster_says_how_many_bytes_are_missing(clip: bytes) -> None:
    end = cluster_in(clip).start + 9

    assert missing_bytes(BytesIO(clip[:end]), end) == len(clip) - end


def test_damage_between_the_elements_of_a_segment_is_found(clip: bytes) -> None:
    cluster = cluster_in(clip)
    behind = cluster.start + cluster.size
    bent = clip[:behind] + b"\x21" + clip[behind + 1 :]

    assert damage_of(BytesIO(bent), len(bent)) == behind


def test_damage_inside_a_cluster_is_found(clip: bytes) -> None:
    cluster = cluster_in(clip)
    first = next(elements(BytesIO(clip), cluster.start, len(clip)))
    behind = first.start + first.size
    bent = clip[:behind] + b"\x21" + clip[behind + 1 :]

    assert damage_of(BytesIO(bent), len(bent)) == behind


def test_what_a_live_writer_left_open_is_not_called_damaged(
    make_clip: MakeClip,
) -> None:
    data = make_clip("in.mkv", frames=3, muxing={"live": "1"}).read_bytes()
    cut = data[:-20]

    assert segment_of(BytesIO(data), len(data)) is not None
    assert (missing_bytes(BytesIO(cut), len(cut)), damage_of(BytesIO(cut), 9)) == (
        0,
        None,
    )
    assert tracks(BytesIO(cut), len(cut))
