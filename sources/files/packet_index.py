"""Where a video file can be cut: its times and key frames, read without decoding.

What a cut needs must be certain. Times that are missing, double or begin anew are put
right while the pictures come, one by one from the first; such a file stays whole.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sources.container.damage import past_damage
from sources.container.parsers.early_blocks import EarlyTimes
from sources.container.parsers.nal_units import unit_starts
from sources.container.video import open_file, video_stream
from sources.files.timestamps import only_decode_times
from sources.files.video import VideoFile

_IDR, _SLICE = 5, 1
"""Types of H.264 NAL units (ITU-T H.264, table 7-1)."""


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A picture from which a decoder can begin."""

    pts: int
    """As the file says it."""
    closed: bool
    """Whether all that is shown from here on decodes from here on. Otherwise begin one
    key frame earlier and drop by time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketIndex:
    """The times of all pictures of a file's best video stream."""

    time_base: Fraction
    times: tuple[int, ...]
    """Presentation times as the file says them, rising."""
    key_frames: tuple[KeyFrame, ...]
    """In the order of time."""
    uncut: str = ""
    """Why the file is not to be cut into pieces, in one line; empty if it can be."""
    certain: bool = True
    """Whether the times are those of the frames that the file gives: a stretch can be
    taken out by them, where it must be by decoding from the beginning."""
    problem: str = ""
    """Why the file ends before its announced end, in one line; else empty."""

    def frames_between(self, first: int, end: int | None) -> int:
        """Returns how many pictures lie from `first` up to, not with, `end`."""
        stop = len(self.times) if end is None else bisect_left(self.times, end)
        return stop - bisect_left(self.times, first)

    def start_before(self, pts: int, frames: int) -> int:
        """Returns the key frame to decode from, to have some frames before `pts`.

        Args:
            pts: From here on every picture must come out right.
            frames: So many before it, too, or all that there are.
        """
        place = max(bisect_left(self.times, pts) - frames, 0)
        needed = self.times[place]
        keys = [key for key in self.key_frames if key.pts <= needed]
        if not keys:
            return self.times[0]
        if keys[-1].closed or len(keys) == 1:
            return keys[-1].pts
        return keys[-2].pts

    def time_before(self, pts: int, frames: int) -> int:
        """Returns the time of the picture so many before `pts`, or the first."""
        return self.times[max(bisect_left(self.times, pts) - frames, 0)]

    def time_at(self, pts: int) -> int | None:
        """Returns the time of the first picture at `pts` or later, if there is one."""
        place = bisect_right(self.times, pts - 1)
        return self.times[place] if place < len(self.times) else None


def index_of(path: Path) -> PacketIndex:
    """Reads all packets of the best video stream and decodes none.

    Raises:
        SourceError: The file is missing, unreadable or holds no video.
    """
    with closing(VideoFile(path)) as file, closing(open_file(path)) as container:
        stream = video_stream(container, path)
        reader = _Reader(stream)
        by_decoding = only_decode_times(container.format.name, stream)
        take = reader.take_decode_time if by_decoding else reader.take
        early = EarlyTimes(container)
        packets = past_damage(lambda: container.demux(stream), reader.meet_fault)
        for packet in packets:
            early.restore(packet)
            if packet.size:
                reader.meet_packet()
                take(packet)
        return reader.by_decoding(file) if by_decoding else reader.index(file)


class _Reader:
    """Takes packets in the order of the file."""

    def __init__(self, stream: VideoStream) -> None:
        self.uncut = ""
        self._stream = stream
        self._length_size = _length_size(stream)
        self._times: list[int] = []
        self._keys: list[tuple[int, bool]] = []
        self._lowest: list[int] = []
        """Of each key frame: the lowest time from it up to the next."""
        self._packets = 0
        self._last_dts: int | None = None
        self._fault: FFmpegError | None = None

    def meet_fault(self, error: FFmpegError, *, last: bool) -> None:
        """Is told of a fault; at the end it is no damage: the file broke off there."""
        self._fault = error
        if last:
            self.meet_packet()

    def meet_packet(self) -> None:
        """Is told that something follows a fault, so that pictures may be missing."""
        if self._fault:
            self.uncut = f"it is damaged: {self._fault.strerror}"

    def take(self, packet: "Packet[VideoStream]") -> None:
        self._packets += 1
        if packet.is_discard:  # an edit list takes it out; a decoder shows it not
            if packet.is_keyframe and packet.pts is not None:
                self._add_key(packet, packet.pts)
            return
        if packet.pts is None:
            self.uncut = self.uncut or "some of its pictures have no time stamps"
            return
        if packet.dts is not None:
            if self._last_dts is not None and packet.dts < self._last_dts:
                self.uncut = self.uncut or "its times begin anew in the middle"
            self._last_dts = packet.dts
        if packet.is_keyframe:
            self._add_key(packet, packet.pts)
        if self._lowest:
            self._lowest[-1] = min(self._lowest[-1], packet.pts)
        self._times.append(packet.pts)

    def take_decode_time(self, packet: "Packet[VideoStream]") -> None:
        """Takes a packet of a container that does not say when it is shown."""
        self._packets += 1
        if packet.dts is None:
            self.uncut = "some of its pictures have no time stamps"
        else:
            self._times.append(packet.dts)

    def _add_key(self, packet: "Packet[VideoStream]", pts: int) -> None:
        self._keys.append((pts, self._refreshes(packet)))
        self._lowest.append(pts)

    def _refreshes(self, packet: "Packet[VideoStream]") -> bool:
        """Whether the decoder forgets all at this key frame.

        FFmpeg's parser calls H.264's recovery points key frames, too.
        """
        if self._stream.codec_context.name != "h264":
            return True
        return _IDR in _h264_types(bytes(packet), self._length_size)

    def index(self, file: VideoFile) -> PacketIndex:
        times = sorted(self._times)
        keys = [
            KeyFrame(pts, refreshes and lowest == pts)
            for (pts, refreshes), lowest in zip(self._keys, self._lowest, strict=True)
        ]
        uncertain = self.uncut or _why_uncertain(times, keys)
        single = "it has one key frame only" if len(keys) == 1 else ""
        return PacketIndex(
            time_base=file.info.time_base,
            times=tuple(times),
            key_frames=tuple(sorted(keys, key=lambda key: key.pts)),
            uncut=uncertain or single,
            certain=not uncertain,
            problem=file.missing(self._packets),
        )

    def by_decoding(self, file: VideoFile) -> PacketIndex:
        """The frames of such a file take the times of decoding, the earliest first."""
        times = sorted(self._times)
        keys = [KeyFrame(time, closed=True) for time in times[:1]]
        uncertain = self.uncut or _why_uncertain(times, keys)
        return PacketIndex(
            time_base=file.info.time_base,
            times=tuple(times),
            key_frames=tuple(keys),
            uncut=uncertain or "its container says only when pictures are decoded",
            certain=not uncertain,
            problem=file.missing(self._packets),
        )


def _why_uncertain(times: list[int], keys: list[KeyFrame]) -> str:
    if not keys or not times:
        return "it has no key frame"
    if len(set(times)) < len(times):
        return "two of its pictures have the same time"
    if keys[0].pts > times[0]:
        return "it begins with pictures that lack their key frame"
    return ""


def _length_size(stream: VideoStream) -> int:
    """Returns the bytes that hold a unit's length; 0 for start codes between units."""
    data = stream.codec_context.extradata
    return (data[4] & 3) + 1 if data and len(data) > 4 and data[0] == 1 else 0


def _h264_types(data: bytes, length_size: int) -> Iterator[int]:
    """Yields the types of the NAL units in a packet, to the first slice."""
    for start in unit_starts(data, length_size):
        kind = data[start] & 31
        yield kind
        if kind in {_IDR, _SLICE}:
            return
