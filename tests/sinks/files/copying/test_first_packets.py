"""The first packet of each stream, and those behind damage."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
from av.error import InvalidDataError
from av.packet import Packet
from av.stream import Stream

from sinks.files.copying.first_packets import (
    copy_of,
    first_packets,
    readable,
    seconds_of,
)
from tests.conftest import MakeClip
from tests.support.media.awkward import remuxed


def test_each_wanted_stream_has_its_first_packet(make_clip: MakeClip) -> None:
    with av.open(str(make_clip("in.mkv", frames=5, audio=True))) as container:
        found = first_packets(container, {0, 1})

    assert sorted(found) == [0, 1]
    assert found[0].is_keyframe
    assert seconds_of(found[1]) is not None


def test_a_stream_that_never_begins_has_none(make_clip: MakeClip) -> None:
    clip = make_clip("in.mkv", frames=5, audio=True)
    silent = remuxed(clip, clip.with_name("silent.mkv"), keep=["video"])

    with av.open(str(silent)) as container:
        found = first_packets(container, {0, 1})

    assert list(found) == [0]


def test_streams_that_nobody_wants_are_passed_over(make_clip: MakeClip) -> None:
    with av.open(str(make_clip("in.mkv", frames=5, audio=True))) as container:
        assert list(first_packets(container, {1})) == [1]


class Damaged:
    """A container of so many errors, then a packet, then its end."""

    name, format = "in.ts", SimpleNamespace(name="mpegts")

    def __init__(self, faults: int) -> None:
        self._faults = faults
        self._left: list[Packet[Stream]] = [Packet(b"behind")]

    def demux(self) -> "Damaged":
        return self

    def __next__(self) -> "Packet[Stream]":
        if self._faults:
            self._faults -= 1
            raise InvalidDataError(1, "damaged")
        if not self._left:
            raise StopIteration
        return self._left.pop()


def test_packets_behind_damage_are_read_until_it_is_too_much() -> None:
    few, many = Damaged(100), Damaged(101)

    assert [bytes(packet) for packet in readable(few)] == [b"behind"]  # type: ignore[arg-type] # reads alike
    assert list(readable(many)) == []  # type: ignore[arg-type] # reads alike


def test_packets_without_content_are_none(make_clip: MakeClip) -> None:
    path: Path = make_clip("in.mkv", frames=5)

    with av.open(str(path)) as container:
        assert len(list(readable(container))) == 5


def test_a_copy_outlives_its_container() -> None:
    packet: Packet[Stream] = Packet(b"data")
    packet.pts, packet.dts, packet.duration = 7, 5, 2
    packet.time_base, packet.is_keyframe = Fraction(1, 25), True

    copy = copy_of(packet)

    assert bytes(copy) == b"data"
    assert (copy.pts, copy.dts, copy.duration) == (7, 5, 2)
    assert (copy.time_base, copy.is_keyframe) == (Fraction(1, 25), True)


def test_a_packet_is_due_when_it_is_decoded() -> None:
    packet: Packet[Stream] = Packet(b"data")
    assert seconds_of(packet) is None

    packet.time_base = Fraction(1, 25)
    packet.pts = 10
    assert seconds_of(packet) == Fraction(10, 25)

    packet.dts = 5
    assert seconds_of(packet) == Fraction(5, 25)
