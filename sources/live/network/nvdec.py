"""Live streams in the network, decoded on an NVIDIA GPU for as long as it does that.

A live stream cannot be decoded on trial, as a file is (`sources.nvdec`): many cameras
allow one connection only. So each picture has to prove itself, by its format; it stays
where it is if the network takes it there, and comes to the host otherwise. If the GPU
refuses, the camera is connected to once more, and the CPU decodes from then on.
"""

import logging
from collections.abc import Callable, Iterator

import av
from av.codec import Codec
from av.error import FFmpegError

from sources.errors import SourceError
from sources.frame import Frame
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.stream import Connection, LiveStream
from sources.nvdec import (
    ON_DEVICE,
    GpuDecoding,
    accelerator,
    downloaded,
    no_decoder,
    reason_of,
    shared_context,
    shared_kind,
)

_LOG = logging.getLogger("derain.source")
_REFUSED, _KEYS_REFUSED = 25, 2
"""Packets, and key frames among them, that gave no picture, in a row: the decoder
refuses the stream, or was lost. Behind a connect, packets may fail up to the first key
frame, and behind a damaged one up to the next. Slow cameras meet the limit of 15 s."""
_LOSSY = (
    "packets get lost over UDP, and NVDEC does not say which pictures that damages, as "
    "the CPU's decoders do"
)


class GpuRefusedError(SourceError):
    """The GPU does not decode this stream; the message says why."""


class NvdecPictures:
    """Takes what the decoder of a stream gives, over all its connections.

    It believes nothing but pictures. A stream that ends after each second has no
    25 packets in any connection, so what failed is counted over them.
    """

    def __init__(self, how: GpuDecoding) -> None:
        """No picture came yet."""
        self.how = how
        self.proven = False
        """Whether NVDEC has decoded a picture."""
        self._refused = self._keys = self._given = self._fruitless = 0
        self._reason = "it gave no picture"

    def proven_picture(self, picture: av.VideoFrame) -> av.VideoFrame:
        """Returns the picture where it is wanted.

        That is on the device if the network takes it there and its kind can be shared;
        else in memory of the host, in planes as the CPU makes them.

        Raises:
            GpuRefusedError: It was decoded on the CPU, of which FFmpeg says nothing.
            FFmpegError: It could not be copied.
        """
        if picture.format.name != ON_DEVICE:
            raise GpuRefusedError(
                f"FFmpeg decoded it on the CPU, to {picture.format.name}"
            )
        stays = self.how.stay and shared_kind(picture) is not None
        wanted = picture if stays else downloaded(picture)
        self.proven, self._refused, self._keys = True, 0, 0
        return wanted

    def given(self, *, key: bool) -> None:
        """Notes a packet that the decoder gets."""
        self._given += key

    def failed(self, error: FFmpegError, *, key: bool) -> None:
        """Counts a packet that was not decoded.

        Args:
            error: What was raised.
            key: Whether the packet holds a key frame.

        Raises:
            GpuRefusedError: So many in a row are no damage on the way.
        """
        self._refused += 1
        self._keys += key
        self._reason = reason_of(error)
        if self._refused >= _REFUSED and self._keys >= _KEYS_REFUSED:
            raise GpuRefusedError(
                f"{self._refused} packets in a row were not decoded: {self._reason}"
            )

    def ended(self, *, whole: bool) -> None:
        """Takes the end of a connection.

        Args:
            whole: The other side ended it; else it broke.

        Raises:
            GpuRefusedError: Key frames came and none became a picture: up to the end
                of the stream, or in two connections that broke.
        """
        if self.proven or not self._given:
            return
        self._given = 0
        self._fruitless += 1
        if whole or self._fruitless >= _KEYS_REFUSED:
            raise GpuRefusedError(f"the stream came without a picture: {self._reason}")


def device_error(how: GpuDecoding) -> str:
    """Returns why the device cannot be opened for decoding, or nothing.

    Asked before each connection, where the same error would look like the camera's.
    """
    try:
        with shared_context(how.device):
            accelerator(how, stay=True).create(Codec("h264", "r"))
    except (FFmpegError, OSError, NotImplementedError, RuntimeError) as error:
        return reason_of(error)
    return ""


class NetworkLiveStream(LiveStream):
    """A stream in the network, which a GPU may decode."""

    def __init__(
        self,
        name: str,
        connect: Callable[[NvdecPictures | None], Connection],
        *,
        lossy: bool = False,
    ) -> None:
        """Connects when it is first read.

        Args:
            name: For logs; without a password.
            connect: Opens a connection that is decoded on that GPU, or on the CPU.
            lossy: Packets can get lost on the way.
        """
        super().__init__(name, self._open)
        self._open_decoded, self._lossy = connect, lossy
        self._on_gpu: NvdecPictures | None = None

    def decode_on_gpu(self, how: GpuDecoding) -> str:
        """Decodes on a GPU from the first connection on; returns why not, or nothing.

        Whether the GPU takes the stream is only known when it comes; if not, the CPU
        takes over, or the stream fails with `Cause.GPU` where `how` says that the GPU
        is required.
        """
        reason = no_decoder() or (_LOSSY if self._lossy else "")
        self._on_gpu = None if reason else NvdecPictures(how)
        return reason

    def _open(self) -> Connection:
        there = self._on_gpu
        if there is not None and (reason := device_error(there.how)):
            raise GpuRefusedError(reason)
        return self._open_decoded(there)

    def _one_connection(self) -> Iterator[Frame]:
        try:
            yield from super()._one_connection()
        except GpuRefusedError as refused:
            self._fall_back(str(refused))
        else:
            return
        if not self._closed.is_set():
            yield from super()._one_connection()

    def _whole_frames(self, connection: Connection) -> Iterator[Frame]:
        try:
            yield from super()._whole_frames(connection)
        except DisconnectedError as error:
            silent = self._on_gpu is not None and error.cause is Cause.CODEC
            if not silent or connection.info.decoder.endswith(ON_DEVICE):
                raise  # pictures came, if no key frame: the camera's doing
            raise GpuRefusedError(error.detail) from None

    def _fall_back(self, reason: str) -> None:
        """Leaves this stream to the CPU.

        Raises:
            DisconnectedError: The GPU is required.
        """
        required = self._on_gpu is not None and self._on_gpu.how.required
        if required:
            raise DisconnectedError(Cause.GPU, reason) from None
        self._on_gpu = None
        because = f"because the GPU cannot: {reason}"
        _LOG.warning("the CPU decodes %s, %s", self.name, because)
        self.health.notes.append(f"the CPU decodes this source, {because}")
