"""Video files of every kind that FFmpeg reads, decoded packet by packet.

A packet that cannot be decoded costs its own frames and is counted; decoding with
`container.decode` would end the stream at the first such packet.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sources.colour import colour_of
from sources.container.damage import past_damage
from sources.container.parsers.early_blocks import EarlyTimes
from sources.container.video import announced, open_file, rotation_of, video_stream
from sources.errors import SourceError
from sources.files.chroma_location import chroma_location
from sources.files.completeness import (
    damage_note,
    state_of,
    what_came_later,
    what_is_missing,
)
from sources.files.crop import hides_border
from sources.files.encryption import encryption_of
from sources.files.packet_decoder import PacketDecoder
from sources.files.tiles import is_tiled
from sources.files.timestamps import (
    DecodeTimes,
    LatePictures,
    Timeline,
    only_decode_times,
    reorder_delay,
    usual_step,
)
from sources.frame import Frame, Health, StreamInfo
from sources.nvdec import (
    ON_DEVICE,
    GpuDecoding,
    accelerator,
    odd_size,
    shared_context,
    trial,
)
from sources.orientation import orientation_of
from sources.side_data import kinds_in_png, kinds_of, side_data_of


class VideoFile:
    """The best video stream of a file, as a source."""

    def __init__(self, path: Path) -> None:
        """Opens `path` and reads what it announces.

        Raises:
            SourceError: The file is missing, unreadable or holds no video.
        """
        self._opened = state_of(path)
        container = open_file(path)
        stream = video_stream(container, path)
        if is_tiled(path):
            container.close()
            raise SourceError(
                f"{path} is a picture made of tiles (HEIC or AVIF); convert it to JPEG "
                "or PNG first, because only single tiles can be read here."
            )
        self._take(path, container, stream)
        if hides_border(path, (self._info.width, self._info.height)):
            self.health.notes.append(
                "the crop of the picture is left out: the border that players hide "
                "shows now"
            )

    def _take(self, path: Path, container: InputContainer, stream: VideoStream) -> None:
        """Takes a container that is open, and reads what it announces."""
        self.path = path
        self.health = Health()
        self._container, self._stream = container, stream
        self._stream.thread_type = "AUTO"
        self._decoder = self._stream.codec_context.name
        self._chroma = chroma_location(self._stream, path if path.is_file() else None)
        self._info = replace(
            announced(self._container, self._stream, self._chroma),
            rotation=self._rotation(),
        )
        if self._stream.metadata.get("alpha_mode") == "1":  # of VP8 and VP9
            # FFmpeg's own decoders pass over it, so no picture tells.
            self.health.notes.append("the transparency of the source is left out")
        self._packets = 0
        self._in_png: frozenset[str] = frozenset()
        by_decoding = only_decode_times(container.format.name, stream)
        self._decode_times = DecodeTimes(reorder_delay(stream)) if by_decoding else None
        self._on_gpu: GpuDecoding | None = None
        self._on_cpu = 0
        self._aspect = stream.codec_context.sample_aspect_ratio
        self._aspect_told = False

    @property
    def info(self) -> StreamInfo:
        """What the container announces."""
        return self._info

    def _rotation(self) -> int:
        """Returns how the first picture is turned; a container does not say it itself.

        Read from a container of its own: the pictures of the other are still to come.
        """
        with (
            suppress(FFmpegError, OSError, SourceError),
            open_file(self.path) as container,
        ):
            stream = video_stream(container, self.path)
            first = next(container.decode(stream), None)
            if first is not None and first.rotation % 90:
                self.health.notes.append(
                    "the slanted turn for showing is stored as the nearest quarter, "
                    f"{rotation_of(first, stream)} degrees"
                )
            return rotation_of(first, stream) if first else 0
        return 0

    def decode_on_gpu(self, how: GpuDecoding) -> str:
        """Decodes on a GPU from now on; returns why it cannot, or nothing.

        Before the first picture is read. After a failure the CPU decodes as before.
        """
        reason, how = trial(self.path, how)
        if reason:
            return reason
        self._opened = state_of(self.path)
        with shared_context(how.device):
            container = open_file(self.path, accelerator(how, stay=how.stay))
        self._container.close()
        self._container, self._on_gpu = container, how
        self._stream = video_stream(container, self.path)
        decoder = f"{self._info.decoder}_{ON_DEVICE}"
        self._info = replace(self._info, decoder=decoder)
        return ""

    def __iter__(self) -> Iterator[Frame]:
        """Yields the frames in order of presentation.

        Raises:
            SourceError: Nothing at all could be decoded.
        """
        step = usual_step(self._info.time_base, self._info.frame_rate)
        line, frames = Timeline(step, self._info.time_base), 0
        for frames, picture in enumerate(self._pictures(), start=1):
            yield self._frame(picture, frames - 1, line)
        self._compare_with_announced(frames, line)

    def _frame(self, picture: av.VideoFrame, index: int, line: Timeline) -> Frame:
        self._watch_decoder(picture)
        self._watch_aspect(index)
        self.health.corrupt_frames += picture.is_corrupt
        pts = picture.pts
        if self._decode_times:
            pts = self._decode_times.next(own=pts)
        if pts is not None and picture.time_base not in {None, self._info.time_base}:
            pts = round(pts * picture.time_base / self._info.time_base)
        side_data = side_data_of(picture, self._decoder)
        rotation, mirrored = orientation_of(picture, side_data)
        return Frame(
            picture=picture,
            index=index,
            pts=line.place(pts),
            time_base=self._info.time_base,
            colour=colour_of(picture, self._chroma),
            rotation=rotation,
            mirrored=mirrored,
            arrived_ns=time.monotonic_ns(),
            side_data=kinds_of(side_data) | self._in_png,
            shift=line.shift,
        )

    def _watch_aspect(self, index: int) -> None:
        """Notes the first change of the shape of pixels, which is stored once.

        The codec's own is compared: a container may overrule it from the start on.
        """
        now = self._stream.codec_context.sample_aspect_ratio
        self._aspect = self._aspect or now
        if not self._aspect_told and now and now != self._aspect:
            self._aspect_told = True
            self.health.notes.append(
                f"the pixel aspect changes at frame {index} from "
                f"{self._aspect} to {now}; the first is stored, and what "
                "follows looks squeezed or stretched"
            )

    def _watch_decoder(self, picture: av.VideoFrame) -> None:
        """Counts pictures that FFmpeg decoded on the CPU after all.

        Raises:
            SourceError: The size became one that the GPU rounds up.
        """
        if self._on_gpu is None:
            return
        context, stays = self._stream.codec_context, self._on_gpu.stay
        if reason := odd_size(context.width, context.height):
            raise SourceError(
                f"{self.path} changes its size on the way: {reason}; with `--backend "
                "torch` the CPU decodes it."
            )
        self._on_cpu += stays and picture.format.name != ON_DEVICE

    def _pictures(self) -> Iterator[av.VideoFrame]:
        decoder = PacketDecoder(self._stream)
        late = LatePictures(usual_step(self._info.time_base, self._info.frame_rate))
        try:
            yield from self._decoded_by(decoder, late)
        finally:  # also where a stretch ends before the file does
            self.health.corrupt_packets += decoder.uncounted + late.count

    def _decoded_by(
        self, decoder: PacketDecoder, late: LatePictures
    ) -> Iterator[av.VideoFrame]:
        by_decoding = only_decode_times(self._container.format.name, self._stream)
        for packet in self._readable_packets():
            self._packets += packet.size > 0
            if self._decode_times and packet.size:
                self._decode_times.add(packet.dts)
                packet.pts = packet.dts  # FFmpeg's guess; so a picture tells its packet
            if self._packets == 1:
                context = self._stream.codec_context
                self._in_png = kinds_in_png(bytes(packet), context)
            late.add(None if by_decoding else packet.dts)
            try:
                yield from late.left_out(decoder.decode(packet))
            except FFmpegError:
                self.health.corrupt_packets += 1
        if self._can_end_again() and not by_decoding:
            yield from decoder.decode_again(self.path)
        decoder.finish()

    def _can_end_again(self) -> bool:
        """Whether the end can be read twice."""
        return self._on_gpu is None

    def _readable_packets(self) -> "Iterator[Packet[VideoStream]]":
        """Reads on behind damage, as long as something readable follows."""
        early = EarlyTimes(self._container)
        for packet in past_damage(self._demuxed, self._damaged):
            early.restore(packet)
            yield packet

    def _damaged(self, error: FFmpegError, *, last: bool) -> None:
        self.health.corrupt_packets += 1
        if last:
            self.health.problem = f"reading failed: {error.strerror}"

    def _demuxed(self) -> "Iterator[Packet[VideoStream]]":
        return self._container.demux(self._stream)

    def _what_is_damaged(self) -> str:
        return damage_note(self.path)

    def _what_encrypts(self) -> str:
        return encryption_of(self.path)

    def _compare_with_announced(self, frames: int, line: Timeline) -> None:
        """Compares what came with what was announced, at the end of the stream."""
        if frames == 0:
            reason = self._what_encrypts()
            reason = f" It is encrypted: {reason}." if reason else ""
            raise SourceError(
                f"{self.path}: no picture in it could be decoded.{reason}"
            )
        self.health.notes += line.notes
        if self._on_cpu:
            self.health.notes.append(
                f"{self._on_cpu} of {frames} frames were decoded on the CPU"
            )
        if damage := self._what_is_damaged():
            self.health.notes.append(damage)
        if not self.health.problem:
            self.health.problem = self.missing(self._packets)

    def missing(self, packets: int) -> str:
        """Returns how the file is shorter than it says, in one line, or nothing.

        Args:
            packets: That were read to the end.
        """
        return what_came_later(self.path, self._opened, packets) or what_is_missing(
            self.path, self._stream, packets
        )

    def close(self) -> None:
        """Closes the file; may be called twice."""
        self._container.close()
