"""A stretch of a video file, with the frames around it that a network has to see."""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sources.errors import SourceError
from sources.files.timestamps import DecodeTimes, Timeline, usual_step
from sources.files.video import VideoFile
from sources.frame import Frame

_EARLIER_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which frames of a file: all times are as the file says them."""

    start_at: int
    """The key frame to decode from."""
    first: int
    """The first frame of the stretch."""
    end: int | None
    """The first frame behind it; None for all."""
    shift: int = 0
    """By which all times are moved: see `Timeline`."""
    first_index: int = 0
    """How many frames of the file come before `first`."""
    before: int = 0
    """How many frames before the stretch are given, too, if there are so many."""
    behind: int = 0
    """How many frames behind it."""


class VideoPart(VideoFile):
    """The frames of a `Span`, as the whole file would give them.

    It expects an index of the file without a reason to leave it uncut.
    """

    def __init__(self, path: Path, span: Span) -> None:
        """Opens `path`.

        Raises:
            SourceError: The file is missing, unreadable or holds no video.
        """
        super().__init__(path)
        self._span = span
        self._found = False
        self._stamps, self._decode_times = self._decode_times, None
        """Of a container that says only when pictures are decoded; such a file is read
        from the beginning."""

    def __iter__(self) -> Iterator[Frame]:
        """Yields the frames before, in and behind the stretch, in order.

        None, if nothing could be decoded.

        Raises:
            SourceError: The key frame is no longer where it was.
        """
        step = usual_step(self._info.time_base, self._info.frame_rate)
        line: Timeline | None = None
        for index, picture in self._stretch():
            if line is None:
                after = (picture.pts or 0) + self._span.shift - 1
                line = Timeline(step, after=after, shift=self._span.shift)
            yield self._frame(picture, index, line)
        if not self._found:
            raise SourceError(f"{self.path}: its key frames are not where they were.")
        if line is not None:
            self.health.notes += line.notes

    def _stretch(self) -> Iterator[tuple[int, av.VideoFrame]]:
        span = self._span
        early: deque[av.VideoFrame] = deque(maxlen=span.before)
        index, left = span.first_index, span.behind
        for picture in self._pictures():
            pts = picture.pts if picture.pts is not None else span.first
            if pts < span.first:
                early.append(picture)
                continue
            if span.end is not None and pts >= span.end:
                left -= 1
                if left < 0:
                    return
            yield from self._pop_all(early, index)
            yield index, picture
            index += 1
        yield from self._pop_all(early, index)

    def _pictures(self) -> Iterator[av.VideoFrame]:
        for picture in super()._pictures():
            if self._stamps:
                picture.pts = self._stamps.next(own=picture.pts)
                picture.time_base = self._info.time_base
            yield picture

    def _pop_all(
        self, early: deque[av.VideoFrame], index: int
    ) -> Iterator[tuple[int, av.VideoFrame]]:
        while early:
            yield index - len(early), early.popleft()

    def _readable_packets(self) -> "Iterator[Packet[VideoStream]]":
        """Reads from the key frame on; where seeking misses it, from the beginning."""
        if self._stamps:
            yield from self._stamped(self._stamps)
            return
        wanted = self._span.start_at
        self._seek(wanted)
        for packet in super()._readable_packets():
            if not self._found and packet.pts == wanted and packet.is_keyframe:
                self._found = True
            if self._found:
                yield packet
            elif packet.is_keyframe and (packet.pts or 0) > wanted:
                break
        if self._found:
            return
        self._begin_anew()
        for packet in super()._readable_packets():
            self._found |= packet.pts == wanted and packet.is_keyframe
            if self._found:
                yield packet

    def _stamped(self, stamps: DecodeTimes) -> "Iterator[Packet[VideoStream]]":
        self._found = True
        for packet in super()._readable_packets():
            if packet.size:
                stamps.add(packet.dts)
                packet.pts = packet.dts  # so a picture tells its packet
            yield packet

    def _seek(self, wanted: int) -> None:
        """Goes well before the key frame: some containers seek by time of decoding."""
        if self._span.first_index == 0:
            return
        target = wanted - round(_EARLIER_SECONDS / self._info.time_base)
        with suppress(FFmpegError, OSError):  # nothing there to seek to: read on
            self._container.seek(target, stream=self._stream)

    def _begin_anew(self) -> None:
        start = min(self._stream.start_time or 0, 0)
        with suppress(FFmpegError, OSError):
            self._container.seek(start, stream=self._stream)
