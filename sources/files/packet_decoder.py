"""Decodes packet by packet, and knows which packets gave no picture.

At the end a decoder hands on what its threads still hold. PyAV 18 stops at the first of
these that cannot be decoded, with or without an error, and a decoder that was told of
the end takes no further call: good pictures behind it would be lost without a word. So
the end is decoded once more, without frame threads.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sources.container.damage import pass_over, past_damage
from sources.container.parsers.hevc import HevcPictures
from sources.container.video import open_file, video_stream
from sources.errors import SourceError

_HELD = 48
"""Packets at the end that may wait for their pictures: FFmpeg starts up to 16 threads
by itself, and codecs put up to 16 pictures in another order."""
_LONGEST = 600
"""Packets from a key frame to the end; more are not decoded twice."""
_EARLIER_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A packet that the decoder was given."""

    number: int
    pos: int
    size: int
    pts: int
    dts: int
    failures: int
    """Packets that could not be decoded, as far as was known then."""


class PacketDecoder:
    """Decodes the packets of one stream, in the order of the file.

    A healthy file may have packets without a picture, too: second fields, pictures that
    are not shown. Decoded again they give none, and nothing is said.
    """

    def __init__(self, stream: VideoStream) -> None:
        """Nothing of `stream` was decoded."""
        context = stream.codec_context
        is_hevc = context.codec.name == "hevc"
        self._hevc = HevcPictures(context.extradata) if is_hevc else None
        self._sent: deque[_Sent] = deque(maxlen=_HELD)
        self._keys: deque[_Sent] = deque(maxlen=_HELD)
        self._shown: deque[int] = deque(maxlen=2 * _HELD)
        self._packets = self._failures = self._failures_again = 0

    @property
    def uncounted(self) -> int:
        """Packets that were lost without an error of `decode`."""
        lost = self._hevc.lost if self._hevc else 0
        return max(self._failures_again, lost - self._failures, 0)

    def decode(self, packet: "Packet[VideoStream]") -> Sequence[av.VideoFrame]:
        """Returns the pictures that come of a packet.

        Raises:
            FFmpegError: One that was given could not be decoded.
        """
        self._send(packet)
        try:
            pictures = packet.decode()
        except FFmpegError:
            self._failures += 1
            raise
        self._show(pictures)
        return pictures

    def _show(self, pictures: Sequence[av.VideoFrame]) -> None:
        self._shown.extend(each.pts for each in pictures if each.pts is not None)
        if self._hevc:
            self._hevc.show(pictures)

    def _send(self, packet: "Packet[VideoStream]") -> None:
        if self._hevc:
            self._hevc.send(packet)
        self._packets += packet.size > 0
        if not packet.size or packet.pts is None or packet.pos is None:
            return
        sent = _Sent(
            number=self._packets,
            failures=self._failures,
            pos=packet.pos,
            size=packet.size,
            pts=packet.pts,
            dts=packet.pts if packet.dts is None else packet.dts,
        )
        if packet.is_keyframe:
            self._keys.append(sent)
        if not packet.is_discard:
            self._sent.append(sent)

    def decode_again(self, path: Path) -> Iterator[av.VideoFrame]:
        """Yields the pictures behind the last one, if a decoder gives more of them."""
        awaited = self._awaited()
        start = self._start(awaited[0].number) if awaited else None
        if start is None:
            return
        times, failures = {each.pts for each in awaited}, 0
        with suppress(FFmpegError, OSError, SourceError):  # gone meanwhile
            for packet in _packets_from(path, start):
                try:
                    pictures = packet.decode()
                except FFmpegError:  # of others, references may be missing here
                    failures += packet.pts in times
                    continue
                kept = [each for each in pictures if each.pts in times]
                self._show(kept)
                yield from kept
        self._failures_again = failures - (self._failures - awaited[0].failures)

    def finish(self) -> None:
        """Takes the end: no more pictures come."""
        if self._hevc:
            self._hevc.finish()

    def _awaited(self) -> list[_Sent]:
        """Returns the packets of pictures behind the last one that came."""
        if not self._shown:
            return list(self._sent)
        came, last = set(self._shown), self._shown[-1]
        return [each for each in self._sent if each.pts > last and each.pts not in came]

    def _start(self, number: int) -> _Sent | None:
        """Returns the key frame to begin at: the one before the last, if it is near.

        Pictures behind a key frame may be shown before it, and need the one before.
        """
        near = self._packets - _LONGEST
        keys = [key for key in self._keys if near < key.number <= number]
        return keys[max(len(keys) - 2, 0)] if keys else None


def _packets_from(path: Path, start: _Sent) -> "Iterator[Packet[VideoStream]]":
    """Yields the packets of a file from a key frame on, for a decoder without threads.

    Raises:
        FFmpegError: The file cannot be gone through.
        OSError: It cannot be read.
        SourceError: It cannot be opened.
    """
    for sought in (True, False):
        with closing(open_file(path)) as container:
            stream, found = video_stream(container, path), False
            stream.thread_type = "SLICE"
            if sought:
                _seek(container, stream, start)
            for packet in past_damage(partial(container.demux, stream), pass_over):
                found |= (packet.pos, packet.size) == (start.pos, start.size)
                if found:
                    yield packet
        if found:
            return


def _seek(container: InputContainer, stream: VideoStream, start: _Sent) -> None:
    """Goes well before the packet: some containers seek by time of decoding."""
    earlier = round(_EARLIER_SECONDS / (stream.time_base or 1))
    with suppress(FFmpegError, OSError):  # FLV without an index is then at its end
        container.seek(start.dts - earlier, stream=stream)
