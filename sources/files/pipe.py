"""A video that comes through the standard input, once and without going back."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sources.container.arriving import ArrivingStreams
from sources.container.media import open_media
from sources.container.video import rotation_of, video_stream
from sources.errors import SourceError
from sources.files.video import VideoFile
from sources.frame import StreamInfo
from sources.nvdec import GpuDecoding

STANDARD_INPUT = "-"
_DESCRIPTOR = 0


class PipedVideo(VideoFile):
    """The best video stream of what another program writes to the standard input."""

    def __init__(self) -> None:
        """Reads the head, and as far as the first picture.

        Raises:
            SourceError: There is nothing to read, or no video in it.
        """
        container = _open()
        path = Path(STANDARD_INPUT)
        stream = video_stream(container, path)
        self.others = ArrivingStreams(container, stream)
        self._reading = False
        self._take(path, container, stream)
        self._info = replace(self._info, frames=None, duration=None)
        self._coming = super()._pictures()
        self._ahead = [picture for picture in [next(self._coming, None)] if picture]

    def _rotation(self) -> int:
        """Returns 0: the first picture tells, and it is not read yet."""
        return 0

    @property
    def info(self) -> StreamInfo:
        """What the container announces, and how the first picture is turned."""
        if not self._ahead or self._info.rotation:
            return self._info
        return replace(self._info, rotation=rotation_of(self._ahead[0], self._stream))

    def decode_on_gpu(self, how: GpuDecoding) -> str:
        """Returns why a GPU does not decode it: that takes opening it anew."""
        return "it comes through a pipe"

    def _pictures(self) -> Iterator[av.VideoFrame]:
        yield from self._ahead
        yield from self._coming

    def _demuxed(self) -> "Iterator[Packet[VideoStream]]":
        packets: Iterator[Packet[Any]] = self._container.demux()
        while True:
            self._reading = True
            try:
                packet = next(packets, None)
            finally:
                self._reading = False
            if packet is None:
                return
            if packet.stream is self._stream:  # the last ones have no number
                yield packet
            else:
                self.others.put(packet)

    def _can_end_again(self) -> bool:
        """Returns no: what came through the pipe is read only once."""
        return False

    def _what_is_damaged(self) -> str:
        """Returns nothing: there is no file to look into."""
        return ""

    def _what_encrypts(self) -> str:
        return ""

    def missing(self, packets: int) -> str:
        """Returns nothing: what came through the pipe is all there is."""
        return ""

    def close(self) -> None:
        """Lets go of the input; a read that waits for the other program goes on."""
        self.others.leave()
        if not self._reading:
            self._container.close()


def _open() -> InputContainer:
    try:
        os.fstat(_DESCRIPTOR)
    except OSError:
        raise SourceError("-: there is no standard input.") from None
    if os.isatty(_DESCRIPTOR):
        raise SourceError(
            "-: the standard input is a terminal; pipe a video into it, as in "
            "ffmpeg ... -f matroska - | derain run - out.mkv"
        )
    try:
        return open_media(f"pipe:{_DESCRIPTOR}")
    except (FFmpegError, OSError) as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(
            f"-: the standard input cannot be read as video: {reason}. A pipe wants a "
            "container that needs no going back: Matroska, NUT, MPEG-TS or fragmented "
            "MP4."
        ) from None
