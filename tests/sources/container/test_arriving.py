"""Packets of a container that is read once wait for whoever stores them."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from av.packet import Packet
from av.stream import Stream

from sources.container.arriving import ArrivingStreams
from sources.container.media import open_path
from tests.conftest import MakeClip


@pytest.fixture
def arriving(make_clip: MakeClip) -> Iterator[ArrivingStreams]:
    clip = make_clip("in.mkv", frames=3, audio=True)
    with closing(open_path(clip)) as container:
        yield ArrivingStreams(container, container.streams.video[0])


def packets_of(arriving: ArrivingStreams) -> "list[Packet[Stream]]":
    return list(arriving.container.demux())


def test_packets_come_out_in_the_order_they_went_in(arriving: ArrivingStreams) -> None:
    packets = [packet for packet in packets_of(arriving) if packet.size]
    for packet in packets:
        arriving.put(packet)

    taken = [arriving.take() for _ in packets]

    assert [id(packet) for packet in taken] == [id(packet) for packet in packets]
    assert arriving.take() is None


def test_the_first_packet_of_each_stream_is_shown_and_stays(
    arriving: ArrivingStreams,
) -> None:
    packets = [packet for packet in packets_of(arriving) if packet.size]
    for packet in packets:
        arriving.put(packet)

    first = arriving.first()

    assert sorted(first) == [0, 1]
    for number, packet in first.items():
        assert packet is next(p for p in packets if p.stream_index == number)
    assert arriving.take() is packets[0]


def test_an_empty_packet_at_the_end_of_a_stream_is_not_kept(
    arriving: ArrivingStreams,
) -> None:
    [last, *_] = [packet for packet in packets_of(arriving) if not packet.size]

    arriving.put(last)

    assert arriving.take() is None


def test_nothing_is_kept_that_nobody_will_take(arriving: ArrivingStreams) -> None:
    one, other, *_ = [packet for packet in packets_of(arriving) if packet.size]
    arriving.put(one)

    arriving.leave()
    arriving.put(other)

    assert arriving.take() is None
    assert arriving.first() == {}
