from collections.abc import Callable, Iterator

import pytest
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from sources.container.damage import past_damage

Demux = Callable[[], "Iterator[Packet[Stream]]"]


class Told:
    """What was said of faults."""

    def __init__(self) -> None:
        self.last: list[bool] = []

    def __call__(self, error: FFmpegError, *, last: bool) -> None:
        assert error.strerror == "bad data"
        self.last.append(last)


def demuxer(*readings: int | None) -> Demux:
    """Gives a packet of that many bytes at each reading, and a fault for None."""
    coming = iter(readings)

    def demux() -> "Iterator[Packet[Stream]]":
        for size in coming:
            if size is None:
                raise FFmpegError(1, "bad data")
            yield Packet(size)

    return demux


def test_packets_behind_a_damaged_place_come_too() -> None:
    told = Told()

    packets = list(past_damage(demuxer(3, None, None, 4, None, 5), told))

    assert [packet.size for packet in packets] == [3, 4, 5]
    assert told.last == [False, False, False]


@pytest.mark.parametrize(("faults", "read"), [(100, [1, 2]), (101, [1])])
def test_the_101st_fault_in_a_row_ends_the_reading(
    faults: int, read: list[int]
) -> None:
    told = Told()

    packets = list(past_damage(demuxer(1, *[None] * faults, 2), told))

    assert [packet.size for packet in packets] == read
    assert told.last == [*[False] * 100, *[True] * (faults - 100)]
