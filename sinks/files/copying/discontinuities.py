"""Moves audio and subtitles as the pictures were moved, where times begin anew.

Transport streams put one behind the other start from an old time in mid-file. The
source joins the pictures (`Frame.shift`); the packets of other streams, which lie
before or behind them in the file, follow here.
"""

from dataclasses import dataclass
from fractions import Fraction

from av.packet import Packet
from av.stream import Stream

_FALL = Fraction(1, 5)
"""Seconds by which times fall back where a stream starts anew."""
_PATIENCE = 2
"""Seconds of pictures after which a stream has started anew for itself."""


@dataclass(slots=True)
class _Course:
    """How one stream came so far; times are seconds, as the file says them."""

    piece: int = 0
    own: Fraction = Fraction(0)
    last: Fraction | None = None
    before: Fraction = Fraction(0)
    written: Fraction | None = None


class Discontinuities:
    """Knows in which piece of the file each stream is, and how far that was moved."""

    def __init__(self) -> None:
        """One piece, not moved."""
        self._shifts: list[Fraction] = []
        self._courses: dict[int, _Course] = {}
        self._asked: Fraction | None = None

    def pictures_moved(self, seconds: Fraction) -> None:
        """Says how far the picture that comes now was moved."""
        if not self._shifts or self._shifts[-1] != seconds:
            self._shifts.append(seconds)

    def read(self, packet: "Packet[Stream]") -> None:
        """Takes note of a packet: once each, in the order of the file."""
        course = self._courses.setdefault(packet.stream_index, _Course())
        time = start_of(packet)
        if course.last is not None and time < course.last - _FALL:
            course.piece += 1
            course.before = course.last
        course.last = time

    def shift_of(
        self, packet: "Packet[Stream]", now: Fraction | None
    ) -> Fraction | None:
        """Returns the seconds to move the packet by; None: ask with the next picture.

        Args:
            packet: The one that was read last.
            now: Time of the pictures; None behind the last.
        """
        course = self._courses[packet.stream_index]
        if course.piece >= max(len(self._shifts), 1):
            self._asked = now if self._asked is None else self._asked
            if now is not None and now - (self._asked or 0) < _PATIENCE:
                return None
            course.piece -= 1
            course.own += course.before - start_of(packet)
        self._asked = None
        return (self._shifts[course.piece] if self._shifts else 0) + course.own

    def move(self, packet: "Packet[Stream]", seconds: Fraction) -> bool:
        """Moves the packet; returns whether it has a place behind the one before."""
        ticks = round(seconds / packet.time_base)
        if packet.pts is not None:
            packet.pts += ticks
        if packet.dts is not None:
            packet.dts += ticks
        course, time = self._courses[packet.stream_index], start_of(packet)
        last, course.written = course.written, time
        if packet.stream.type != "audio" or last is None or time > last:
            return True
        course.written = last
        return time == last and not seconds  # TrueHD has many packets in a millisecond


def start_of(packet: "Packet[Stream]") -> Fraction:
    """Returns when the packet is due, in seconds."""
    time = packet.dts if packet.dts is not None else packet.pts
    return (time or 0) * packet.time_base
