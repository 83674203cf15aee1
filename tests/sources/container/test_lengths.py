"""Containers say how long their parts are; what is missing is counted."""

from io import BytesIO

import pytest

from sources.container.lengths import (
    missing_of_asf,
    missing_of_flv,
    missing_of_fragment,
    missing_of_ogg,
)
from tests.conftest import MakeClip


@pytest.mark.parametrize(
    ("missing", "data"),
    [
        (0, b"FLV\x01\5\0\0\0\x09\0\0\0\0"),
        (7, b"FLV\x01\5\0\0\0\x09\0\0\0\0\x09\0\0\1"),
        (5, b"FLV\x01\5\0\0\0\x09\0\0\0\0\x09\0\0\x06\0\0\0\0\0\0\0x"),
        (0, b"FLV\x01\5\0\0\0\x09\0\0\0\0\x09\0\0\1\0\0\0\0\0\0\0x"),
        (0, b"FLV\x01\5\0\0\0\x09\0\0\0\0 no tag follows here"),
    ],
)
def test_flv_lacks_what_its_last_tag_lacks(missing: int, data: bytes) -> None:
    assert missing_of_flv(BytesIO(data), len(data)) == missing


@pytest.mark.parametrize(
    ("missing", "page"),
    [
        (0, bytes([2, 3, 1]) + b"four"),
        (3, bytes([2, 3, 1]) + b"f"),
        (2, bytes([2])),
        (0, bytes([0])),
    ],
)
def test_ogg_lacks_what_its_last_page_lacks(missing: int, page: bytes) -> None:
    data = b"OggS" + bytes(22) + b"\0" + b"OggS" + bytes(22) + page

    assert missing_of_ogg(BytesIO(data), len(data)) == missing


def test_a_broadcast_in_asf_does_not_know_its_length(make_clip: MakeClip) -> None:
    data = bytearray(make_clip("in.wmv", frames=9, codec="wmv2").read_bytes())
    flags = data.index(bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")) + 88
    half = len(data) // 2

    assert missing_of_asf(BytesIO(data[:half]), half) == len(data) - half

    data[flags] |= 1

    assert missing_of_asf(BytesIO(data[:half]), half) == 0


@pytest.mark.parametrize(
    ("missing", "behind"),
    [
        (0, b""),
        (0, b"\0\0\0\x0cmoofhead"),
        (3, b"\0\0\0\x0cmoofh"),
        (0, b"\0\0\0\x0cmoofhead\0\0\0\x0cmdatp"),  # the index tells of pictures
        (0, b"\0\0\0"),
        (5, b"\0\0\0\x0cmoofhead\0\0\0"),
        (0, b"what a camera leaves at the end"),
    ],
)
def test_a_fragment_of_mp4_lacks_what_its_head_lacks(
    missing: int, behind: bytes
) -> None:
    data = b"\0\0\0\x0cftypiso5" + b"\0\0\0\x0amoov__" + behind

    assert missing_of_fragment(BytesIO(data), len(data)) == missing
