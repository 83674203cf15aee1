"""One connection to a stream in the network, through FFmpeg: RTSP, HTTP, HLS, RTMP.

FFmpeg 8 does not say "timeout": a read that stalled is an immediate exit, and a killed
server the end of the file. Where a codec's packets are put together by a parser (H.264
over RTSP, all of MPEG-TS), the first read that stalls hands on what the parser held,
without a time, and only the next one is the exit: so each packet is measured here.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sources.address import Address
from sources.audio import Audio
from sources.colour import chroma_location_by_codec
from sources.connect import DEFAULT_CONNECT, ConnectOptions
from sources.frame import Colour, StreamInfo
from sources.live.disconnect import (
    Cause,
    DisconnectedError,
    while_reading,
)
from sources.live.network.audio import adts_filter, kind_of
from sources.live.network.frame_numbers import FrameNumbers
from sources.live.network.nvdec import GpuRefusedError, NvdecPictures
from sources.live.network.opening import Opening
from sources.live.network.pace import PULLED_STALL, Pace
from sources.live.network.reference_pictures import ReferencePictures
from sources.live.network.tracks import audio_beside, leave_out_all_but
from sources.live.reconnect import Patience, stall_seconds
from sources.live.timestamps import TIME_BASE
from sources.nvdec import ON_DEVICE, odd_size, shared_kind

_COUNTING_FORMATS = frozenset({"mpjpeg", "mjpeg", "h264", "hevc"})
"""Of FFmpeg's demuxers: they know no times and count 25 pictures a second."""
_HIGHEST_RATE = 240
_NEAR = 1.25


class NetworkStream:
    """A connection that is open; belongs to the thread that made it."""

    def __init__(
        self,
        address: Address,
        connect: ConnectOptions = DEFAULT_CONNECT,
        *,
        patience: Patience | None = None,
        gpu: NvdecPictures | None = None,
    ) -> None:
        """Connects.

        Args:
            address: Where to.
            connect: How, and for how long; of the transports `auto` means `tcp`.
            patience: What earlier connections taught; it learns from this one.
            gpu: Takes what a GPU decodes; None: the CPU does.

        Raises:
            DisconnectedError: It did not open.
            GpuRefusedError: No such stream is decoded on a GPU.
        """
        self._patience = patience or Patience(connect.stall_seconds)
        self._open = Opening(address, connect, self._patience)
        least = PULLED_STALL if address.is_playlist else 0.0
        stall = self._patience.limit(max(least, self._patience.announced))
        self._pictures = 0
        self._nvdec, how = gpu, gpu.how if gpu else None
        self._container, self._stream = self._open(stall, how)
        self._info = _info(self._stream)
        self.on_audio: Callable[[bytes, int], None] | None = None
        self._pace = Pace() if _is_ahead(self._container) else None
        self._counted = self._container.format.name in _COUNTING_FORMATS
        if self._counted:  # what it says of its rate is made up
            self._info = replace(self._info, frame_rate=None)
        slowest = PULLED_STALL if self._pace else least
        slowest = max(slowest, stall_seconds(self._info.frame_rate))
        self._patience.announced = slowest
        self._stall_seconds = stall
        if not _fits(wanted := self._patience.limit(slowest), stall):
            self._container.close()  # a slow camera, or a film: fixed at opening
            self._container, self._stream = self._open(wanted, how)
            self._stall_seconds = wanted
        self._audio = audio_beside(self._container, self._stream)
        leave_out_all_but(self._container, (self._stream, self._audio))
        self._bare = adts_filter(self._audio)
        self._numbers = _numbers_of(self._stream)

    @property
    def info(self) -> StreamInfo:
        """What the server and the first packets say."""
        return self._info

    @property
    def audio(self) -> Audio | None:
        """What audio comes with the pictures, if any."""
        if self._audio is None:
            return None
        return kind_of(self._audio)

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        """Yields pictures; None for a packet that could not be decoded.

        Raises:
            DisconnectedError: The connection broke or stalled.
            GpuRefusedError: A GPU should decode them, and does not.
        """
        try:
            yield from self._decoded()
        except DisconnectedError as error:
            if error.cause is Cause.STALLED:
                self._patience.stalled(self._pictures)
            if self._nvdec:
                self._nvdec.ended(whole=False)
            raise
        if self._nvdec:
            self._nvdec.ended(whole=True)

    def _decoded(self) -> Iterator[av.VideoFrame | None]:
        for packet in self._packets():
            if self._numbers and self._numbers.lost(bytes(packet)):
                yield None
            if self._nvdec:
                self._nvdec.given(key=packet.is_keyframe)
            try:
                for picture in packet.decode():
                    self._pictures += 1
                    if self._counted:  # its arrival tells more than an invented time
                        picture.pts = None
                    if self._pace and picture.time is not None:
                        self._pace.wait_for(picture.time)
                    yield self._proven(picture)
            except FFmpegError as error:
                if self._nvdec:
                    self._nvdec.failed(error, key=packet.is_keyframe)
                yield None

    def _proven(self, picture: av.VideoFrame) -> av.VideoFrame:
        if self._nvdec is None:
            return picture
        context = self._stream.codec_context
        if reason := odd_size(context.width, context.height):
            raise GpuRefusedError(reason)
        wanted = self._nvdec.proven_picture(picture)
        if not self._info.decoder.endswith(ON_DEVICE):
            decoder = f"{self._info.decoder}_{ON_DEVICE}"
            kind = shared_kind(wanted) or wanted.format.name
            self._info = replace(self._info, decoder=decoder, pixel_format=kind)
        return wanted

    def _packets(self) -> "Iterator[Packet[Any]]":
        limit_ns = round(self._stall_seconds * 1e9)
        wanted = [self._stream, *([self._audio] if self._audio else [])]
        packets = self._container.demux(wanted)
        before_ns = time.monotonic_ns()
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError as error:
                raise while_reading(error) from None
            if packet is None:
                return
            if time.monotonic_ns() - before_ns > limit_ns:  # audio alone is no stream
                raise DisconnectedError(Cause.STALLED)
            if packet.stream is self._audio:
                self._pass_on(packet)
                continue
            yield packet
            before_ns = time.monotonic_ns()

    def _pass_on(self, packet: "Packet[Any]") -> None:
        """Hands on audio, with its time in 1/90000 s."""
        if self.on_audio is None or packet.pts is None or not packet.size:
            return
        pts = round(packet.pts * packet.time_base / TIME_BASE)
        try:
            parts = self._bare.filter(packet) if self._bare else [packet]
        except FFmpegError:  # damaged on its way: some milliseconds are silent
            return
        for part in parts:
            self.on_audio(bytes(part), pts)

    def close(self) -> None:
        """Closes the connection."""
        self._container.close()


def _numbers_of(stream: VideoStream) -> FrameNumbers | ReferencePictures | None:
    """Returns what notices lost pictures of H.264 and H.265."""
    context = stream.codec_context
    head = context.extradata or b""
    if context.name == "hevc":
        return ReferencePictures(head)
    return FrameNumbers(head) if context.name == "h264" else None


def _fits(wanted: float, stall: float) -> bool:
    """Whether a limit of `stall` seconds will do; rates are guessed, and jitter."""
    return stall / 2 <= wanted <= stall * _NEAR


def _is_ahead(container: InputContainer) -> bool:
    """Whether pictures can be had before their time, as from HLS or a file.

    Of MPEG-TS behind a web server the duration is not known, but its size is.
    """
    whole = bool(container.duration) or container.size > 0
    return whole or container.format.name == "hls"


def _info(stream: VideoStream) -> StreamInfo:
    context = stream.codec_context
    rate = stream.average_rate or stream.guessed_rate
    return StreamInfo(
        width=context.width,
        height=context.height,
        pixel_format=context.pix_fmt or "yuv420p",
        time_base=TIME_BASE,
        colour=Colour(
            matrix=int(context.colorspace),
            full_range=int(context.color_range),
            primaries=int(context.color_primaries),
            transfer=int(context.color_trc),
            chroma_location=chroma_location_by_codec(
                context.name, context.pix_fmt or ""
            ),
        ),
        frame_rate=Fraction(rate) if rate and rate <= _HIGHEST_RATE else None,
        decoder=context.name,
        live=True,
        pixel_aspect=stream.sample_aspect_ratio or None,
    )
