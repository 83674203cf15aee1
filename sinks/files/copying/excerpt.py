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

    `pictures_moved` says first, once, by how much; the end is up to the caller.
    """

    _shift = Fraction(0)

    def pictures_moved(self, seconds: Fraction) -> None:
        """Says by how much the pictures are moved, and goes where they are."""
        self._shift = seconds
        super().pictures_moved(seconds)

    def _kept_packets(self) -> "Iterator[Packet[Stream]]":
        with suppress(FFmpegError, OSError):  # nothing to seek by: read from the start
            self._input.seek(round(-self._shift * av.time_base))
        for packet in super()._kept_packets():
            if start_of(packet) + self._shift >= 0:
                yield packet

    def _add_chapters(self, output: OutputContainer) -> bool:
        before = self._input.chapters()
        chapters = [moved for chapter in before if (moved := self._moved(chapter))]
        if chapters:
            output.set_chapters(chapters)
        return bool(before)

    def _moved(self, chapter: "Chapter") -> "Chapter | None":
        ticks = round(self._shift / (chapter["time_base"] or Fraction(1, 1000)))
        moved = chapter.copy()
        moved["start"] = max(chapter["start"] + ticks, 0)
        moved["end"] = chapter["end"] + ticks
        return moved if moved["end"] > 0 else None
