"""The first packet of each stream of a file: when it begins, and whether it ever does.

MP4 and MOV write nothing before they have a packet of each track, so a track that is
announced and stays empty, or begins late, would hold everything in memory until then.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction

from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Stream

from sources.container.damage import pass_over, past_damage
from sources.container.parsers.early_blocks import EarlyTimes

_LATE_SECONDS = 2


def first_packets(
    container: InputContainer, wanted: set[int]
) -> "Mapping[int, Packet[Stream]]":
    """Reads until each stream of `wanted` has begun, or to the end.

    Args:
        container: Opened for this alone; it is read.
        wanted: Numbers of streams.

    Returns:
        A copy of the first packet of each stream that has one: a packet of a container
        that is closed crashes.
    """
    for stream in container.streams:
        if stream.index not in wanted:
            stream.discard = Discard.all
    found: dict[int, Packet[Stream]] = {}
    for packet in readable(container):
        if packet.stream_index in wanted:
            found.setdefault(packet.stream_index, copy_of(packet))
        if len(found) == len(wanted):
            break
    return found


def readable(container: InputContainer) -> "Iterator[Packet[Stream]]":
    """Yields the packets that hold something, also those behind damage."""
    early = EarlyTimes(container)
    for packet in past_damage(container.demux, pass_over):
        if packet.size:
            early.restore(packet)
            yield packet


def copy_of(packet: "Packet[Stream]") -> "Packet[Stream]":
    """Returns a packet of no stream, with the same content and times."""
    copy: Packet[Stream] = Packet(bytes(packet))
    copy.time_base = packet.time_base
    copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
    copy.is_keyframe = packet.is_keyframe
    return copy


def seconds_of(packet: "Packet[Stream]") -> Fraction | None:
    """Returns when the packet is due; None if nobody says."""
    time = packet.dts if packet.dts is not None else packet.pts
    with suppress(TypeError):
        return None if time is None else time * packet.time_base
    return None


class LateTracks:
    """Puts first packets of tracks that begin late forward: due now, shown then.

    So MP4 writes its head at once, with the edit list that is right in the end.
    """

    def __init__(self, first: "Mapping[int, Packet[Stream]]") -> None:
        """Takes the first packet of each stream, by its number."""
        self._first = first
        self._written: set[int] = set()

    def packets(
        self, begin: Fraction, shift: Fraction, streams: Collection[int]
    ) -> "Iterator[tuple[int, Packet[Stream], Fraction]]":
        """Yields what is written early: the stream, the packet, by how many seconds.

        Args:
            begin: When the first picture is shown, in seconds.
            shift: Seconds by which all times of the source are moved.
            streams: Numbers of those that may be put forward.
        """
        for index, packet in self._first.items():
            due = seconds_of(packet)
            if due is None or index not in streams:
                continue
            ahead = due + shift - begin
            if ahead < _LATE_SECONDS or packet.pts is None:
                continue
            early = copy_of(packet)
            early.pts = packet.pts + round(shift / packet.time_base)
            early.dts = round(begin / packet.time_base)
            self._written.add(index)
            yield index, early, ahead

    def has_written(self, index: int) -> bool:
        """Returns, once, whether the first packet of a stream was written early."""
        written = index in self._written
        self._written.discard(index)
        return written
