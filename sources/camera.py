"""Cameras of this machine (Video4Linux2), read through FFmpeg."""

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError

from sources.colour_tags import colour_of
from sources.errors import SourceError
from sources.frame import Frame, Health, StreamInfo
from sources.timeline import Timeline, usual_step

_TIMEOUTS_SECONDS = (5.0, 2.0)


class Camera:
    """`camera:0` is `/dev/video0`: a live source, whose late frames are dropped."""

    def __init__(self, number: int, size: str = "", rate: str = "") -> None:
        """Opens the camera; `size` such as `1280x720` and `rate` are wishes to it.

        Raises:
            SourceError: There is no such camera, or it is busy or forbidden.
        """
        device = Path(f"/dev/video{number}")
        if not device.exists():
            present = sorted(str(p) for p in Path("/dev").glob("video*"))
            seen = ", ".join(present) or "none"
            raise SourceError(f"camera:{number}: no {device} here (found: {seen}).")
        options = {"video_size": size, "framerate": rate}
        try:
            self._container = av.open(
                str(device),
                format="v4l2",
                options={key: value for key, value in options.items() if value},
                timeout=_TIMEOUTS_SECONDS,
            )
        except (FFmpegError, OSError) as fault:
            raise SourceError(f"camera:{number}: {fault.strerror or fault}.") from None
        self.health = Health()
        self._stream = self._container.streams.video[0]
        context = self._stream.codec_context
        self._info = StreamInfo(
            width=context.width,
            height=context.height,
            pixel_format=context.pix_fmt or "yuyv422",
            time_base=self._stream.time_base or Fraction(1, 1_000_000),
            colour=colour_of(av.VideoFrame(16, 16, context.pix_fmt or "yuyv422")),
            frame_rate=self._stream.average_rate,
            decoder=f"v4l2 {context.name}",
            live=True,
        )

    @property
    def info(self) -> StreamInfo:
        """What the camera said it will send."""
        return self._info

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames until the camera is unplugged or the source is closed.

        Raises:
            SourceError: The camera stopped sending.
        """
        step = usual_step(self._info.time_base, self._info.frame_rate)
        line = Timeline(step)
        for index, picture in enumerate(self._pictures()):
            yield Frame(
                picture=picture,
                index=index,
                pts=line.place(picture.pts),
                time_base=self._info.time_base,
                colour=colour_of(picture),
                arrived_ns=time.monotonic_ns(),
            )

    def _pictures(self) -> Iterator[av.VideoFrame]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                raise SourceError("The camera stopped sending.") from None
            except FFmpegError as fault:
                raise SourceError(f"The camera failed: {fault.strerror}.") from None
            try:
                yield from packet.decode()
            except FFmpegError:
                self.health.corrupt_packets += 1

    def close(self) -> None:
        """Closes the device; may be called twice."""
        self._container.close()
