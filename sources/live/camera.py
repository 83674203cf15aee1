"""Cameras of this machine (Video4Linux2), read through FFmpeg.

A camera that is unplugged is looked for as one in the network is, and comes back under
its number. One whose driver hangs is given up until the driver goes on.
"""

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError

from sources.colour import chroma_location_by_codec, colour_of
from sources.errors import SourceError
from sources.frame import StreamInfo
from sources.live.disconnect import Cause, DisconnectedError, while_reading
from sources.live.stream import LiveStream
from sources.live.threaded_reader import ThreadedConnector

_TIMEOUTS_SECONDS = (5.0, 2.0)


def open_camera(
    number: int,
    size: str = "",
    rate: str = "",
    *,
    folder: Path = Path("/dev"),
    driver: str = "v4l2",
) -> LiveStream:
    """Returns the pictures of camera `number`; it is opened when it is read.

    Args:
        number: 0 is `/dev/video0`.
        size: A wish to the camera, such as `1280x720`.
        rate: A wish to the camera, in pictures a second.
        folder: Where devices are.
        driver: FFmpeg's format that reads them.

    Raises:
        SourceError: There is no such camera, or this user may not read it.
    """
    device = folder / f"video{number}"
    if not device.exists():
        present = sorted(str(path) for path in folder.glob("video*"))
        seen = ", ".join(present) or "none"
        raise SourceError(f"camera:{number}: no {device} here (found: {seen}).")
    if not os.access(device, os.R_OK | os.W_OK):
        raise SourceError(
            f"camera:{number}: this user may not read {device}; its group may "
            f"({device.group()})."
        )
    wishes = {"video_size": size, "framerate": rate}
    options = {key: value for key, value in wishes.items() if value}
    name = f"camera:{number}"
    connect = ThreadedConnector(name, lambda: CameraConnection(device, driver, options))
    return LiveStream(name, connect)


class CameraConnection:
    """A camera from plugging in to unplugging; belongs to the thread that made it."""

    def __init__(self, device: Path, driver: str, options: dict[str, str]) -> None:
        """Opens the device.

        Raises:
            DisconnectedError: It is not there, or another program has it.
        """
        try:
            self._container = av.open(
                str(device), format=driver, options=options, timeout=_TIMEOUTS_SECONDS
            )
        except FFmpegError as error:
            raise while_reading(error) from None
        if not self._container.streams.video:
            self._container.close()
            raise DisconnectedError(Cause.CODEC, f"{device} gives no video")
        self._stream = self._container.streams.video[0]
        self._driver = driver

    @property
    def info(self) -> StreamInfo:
        """What the camera said it will send."""
        context = self._stream.codec_context
        name = context.pix_fmt or "yuyv422"
        return StreamInfo(
            width=context.width,
            height=context.height,
            pixel_format=name,
            time_base=self._stream.time_base or Fraction(1, 1_000_000),
            colour=colour_of(
                av.VideoFrame(16, 16, name),
                chroma_location_by_codec(context.name, name),
            ),
            frame_rate=self._stream.average_rate,
            decoder=f"{self._driver} {context.name}",
            live=True,
        )

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        """Yields pictures; None for a packet that could not be decoded."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError as error:
                raise while_reading(error) from None
            if packet is None:
                return
            try:
                yield from packet.decode()
            except FFmpegError:
                yield None

    def close(self) -> None:
        """Closes the device; may be called twice."""
        self._container.close()
