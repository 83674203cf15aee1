"""The other streams of a source beside an excerpt of its pictures."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from sinks.files.copying.discontinuities import start_of
from sinks.files.copying.stream_copy import StreamCopier

if TYPE_CHECKING:  # PyAV names it for type checkers alone
    from av.container.core import Chapter


class ExcerptCopier(StreamCopier):
    """Leaves out what begins before the first picture, which is at zero.

    `pictures_moved` says first, once, by how much, and `pictures_end` where the last
    one ends: a chapter and a line of text end there, too. Which packets come behind it
    is up to the caller.
    """

    _shift = Fraction(0)
    _end: Fraction | None = None

    def pictures_moved(self, seconds: Fraction) -> None:
        """Says by how much the pictures are moved, and goes where they are."""
        self._shift = seconds
        super().pictures_moved(seconds)

    def pictures_end(self, seconds: Fraction) -> None:
        """Says where the last picture ends, once they are moved."""
        self._end = seconds

    def _kept_packets(self) -> "Iterator[Packet[Stream]]":
        with suppress(FFmpegError, OSError):  # nothing to seek by: read from the start
            self._input.seek(round(-self._shift * av.time_base))
        for packet in super()._kept_packets():
            if start_of(packet) + self._shift >= 0:
                self._cut_text(packet)
                yield packet

    def _cut_text(self, packet: "Packet[Stream]") -> None:
        """Shortens a line of text that would be shown behind the last picture."""
        if self._end is None or packet.stream.type != "subtitle" or not packet.duration:
            return
        left = self._end - start_of(packet) - self._shift
        packet.duration = min(packet.duration, max(int(left / packet.time_base), 1))

    def _add_chapters(self, output: OutputContainer) -> bool:
        before = self._input.chapters()
        chapters = [moved for chapter in before if (moved := self._moved(chapter))]
        if chapters:
            output.set_chapters(chapters)
        return bool(before)

    def _moved(self, chapter: "Chapter") -> "Chapter | None":
        base = chapter["time_base"] or Fraction(1, 1000)
        ticks = round(self._shift / base)
        moved = chapter.copy()
        moved["start"] = max(chapter["start"] + ticks, 0)
        moved["end"] = chapter["end"] + ticks
        if self._end is not None:
            moved["end"] = min(moved["end"], round(self._end / base))
        return moved if moved["end"] > moved["start"] else None
