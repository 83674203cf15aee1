"""Each packet is held back until it is known how long it lasts."""

from typing import Any

from av.packet import Packet
from av.video.stream import VideoStream

from sinks.files.muxing.packet_times import PacketTimes


def packet(pts: int, dts: int | None = None) -> "Packet[VideoStream]":
    made: Any = Packet(b"x")
    made.pts, made.dts = pts, pts if dts is None else dts
    return made


def lengths(times: PacketTimes, *packets: "Packet[VideoStream]") -> list[int | None]:
    held = [times.next(each) for each in [*packets, None]]
    assert held[0] is None
    return [each.duration for each in held[1:] if each is not None]


def test_in_mp4_a_packet_lasts_until_the_next_is_decoded() -> None:
    times = PacketTimes(by_decoding=True, usual=10)
    for pts in (0, 10, 40):
        times.shown(pts, 10)

    assert lengths(times, packet(0, -10), packet(40, 0), packet(10, 5))[:2] == [10, 5]


def test_the_last_packet_lasts_to_the_end_of_all() -> None:
    times = PacketTimes(by_decoding=True, usual=10)
    for pts in (0, 10, 20):
        times.shown(pts, 10)

    [*_, last] = lengths(times, packet(0, 0), packet(20, 10), packet(10, 20))

    assert last == 20  # from 10 to 30, though its picture is shown for 10
    assert (times.end, times.last) == (30, 10)


def test_in_matroska_a_packet_lasts_as_long_as_its_picture() -> None:
    times = PacketTimes(by_decoding=False, usual=10)
    for pts, duration in ((0, 10), (10, 30), (40, 7)):
        times.shown(pts, duration)

    assert lengths(times, packet(0), packet(40), packet(10)) == [10, 7, 30]


def test_where_nobody_says_a_picture_lasts_as_long_as_the_one_before() -> None:
    times = PacketTimes(by_decoding=False, usual=4)
    for pts, duration in ((0, 0), (4, 6), (10, 0)):
        times.shown(pts, duration)

    assert lengths(times, packet(0), packet(4), packet(10)) == [4, 6, 6]


def test_nothing_comes_out_of_nothing() -> None:
    assert PacketTimes(by_decoding=True, usual=1).next(None) is None
