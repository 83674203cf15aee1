"""Packets are given as a decoder would get them; what it gives is said by hand."""

from typing import cast

import av
import pytest
from av.packet import Packet
from av.video.stream import VideoStream

from sources.container.parsers.hevc import HevcPictures

START = b"\0\0\1"
IDR, CRA, TRAIL, RASL = (
    b"\x26\x01\x80",
    b"\x2a\x01\x80",
    b"\x02\x01\x80",
    b"\x12\x01\x80",
)
FORGETTING_IDR = b"\x26\x01\xc0"
END_OF_SEQUENCE = START + b"\x48\x01"
PLAIN_PPS, PPS_ONE_PLAIN = b"\x44\x01\xc0\0", b"\x44\x01\x50\0"
HIDING_PPS, PPS_ONE_HIDING = b"\x44\x01\xd0\0", b"\x44\x01\x54\0"


def packet(pts: int, unit: bytes, behind: bytes = b"") -> "Packet[VideoStream]":
    data = START + unit + bytes(20) + b"\x80" + behind
    made = cast("Packet[VideoStream]", Packet(data))
    made.pts = pts
    made.is_keyframe = unit[:1] in {IDR[:1], CRA[:1]}
    return made


def picture(pts: int) -> av.VideoFrame:
    made = av.VideoFrame(16, 16)
    made.pts = pts
    return made


def lost_of(
    *packets: "Packet[VideoStream]", shown: tuple[int, ...], head: bytes = b""
) -> int:
    pictures = HevcPictures(head)
    for each in packets:
        pictures.send(each)
        pictures.show([picture(pts) for pts in shown if pts == each.pts])
    pictures.finish()
    return pictures.lost


def test_a_packet_without_a_picture_is_lost() -> None:
    packets = [packet(0, IDR), *(packet(pts, TRAIL) for pts in range(1, 9))]

    assert lost_of(*packets, shown=tuple(range(9))) == 0
    assert lost_of(*packets, shown=(0, 1, 2, 5, 6, 7, 8)) == 2


def test_a_picture_may_come_many_packets_later() -> None:
    pictures = HevcPictures(None)
    pictures.send(packet(0, IDR))
    for pts in range(1, 40):
        pictures.send(packet(pts, TRAIL))

    assert pictures.lost == 0

    for pts in range(40, 60):
        pictures.send(packet(pts, TRAIL))

    assert pictures.lost == 11


def test_what_stands_before_the_first_key_frame_is_not_awaited() -> None:
    packets = [packet(0, TRAIL), packet(1, TRAIL), packet(2, CRA), packet(1, RASL)]

    assert lost_of(*packets, shown=(2,)) == 0


def test_packets_without_a_slice_are_not_awaited() -> None:
    assert lost_of(packet(0, IDR), packet(1, PLAIN_PPS), shown=(0,)) == 0


def test_pictures_of_a_layer_above_the_first_are_not_awaited() -> None:
    above = b"\x02\x09\x80"

    assert lost_of(packet(0, IDR), packet(1, above), shown=(0,)) == 0


def test_a_key_frame_may_say_that_earlier_pictures_are_not_shown() -> None:
    before = [packet(0, IDR), packet(1, TRAIL), packet(2, TRAIL)]

    assert lost_of(*before, packet(3, IDR), shown=(0, 3)) == 2
    assert lost_of(*before, packet(3, FORGETTING_IDR), shown=(0, 3)) == 0
    assert lost_of(*before, packet(3, CRA), shown=(0, 3)) == 2
    before[-1] = packet(2, TRAIL, END_OF_SEQUENCE)
    assert lost_of(*before, packet(3, CRA), shown=(0, 3)) == 0


@pytest.mark.parametrize(
    ("head", "lost"),
    [
        (PLAIN_PPS, 1),
        (PPS_ONE_PLAIN, 1),
        (HIDING_PPS, 0),
        (PPS_ONE_HIDING, 0),
        (PLAIN_PPS + START + HIDING_PPS, 0),
    ],
)
def test_nothing_is_counted_where_pictures_may_say_that_they_are_not_shown(
    head: bytes, lost: int
) -> None:
    first = packet(0, head + START + IDR)
    first.is_keyframe = True

    assert lost_of(first, packet(1, TRAIL), shown=(0,)) == lost
    assert lost_of(packet(0, IDR), packet(1, TRAIL), shown=(0,), head=head) == lost
