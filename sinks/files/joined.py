"""A film put together from pieces: packets are copied, nothing is encoded again."""

from fractions import Fraction
from pathlib import Path

from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sinks.encoding.options import DEFAULT_ENCODING
from sinks.errors import SinkError
from sinks.files.copying.excerpt import ExcerptCopier
from sinks.files.copying.stream_copy import StreamCopier
from sinks.files.muxed import MuxedFile
from sinks.files.muxing.container import check_target, reason_of
from sources.frame import StreamInfo


class JoinedFile(MuxedFile):
    """Takes the packets of pieces and the other streams of the source."""

    def __init__(
        self,
        path: Path,
        *,
        copy_from: Path,
        shift: Fraction = Fraction(0),
        end_pts: int,
        excerpt: bool = False,
    ) -> None:
        """Checks that the path can hold a film; writes nothing yet.

        Args:
            path: Its suffix names the container.
            copy_from: The file whose audio, subtitles, chapters and tags are copied.
            shift: Seconds by which the pictures were moved, and all else is.
            end_pts: Where the last picture ends, in the time base of the pictures.
            excerpt: Only what lies beside the pictures is copied.

        Raises:
            SinkError: There is no container of that name, or no such folder.
        """
        check_target(path, DEFAULT_ENCODING)
        super().__init__(path, copy_from=copy_from)
        self._source, self._shift, self._excerpt = copy_from, shift, excerpt
        self._last_dts: int | None = None
        self._end_pts = end_pts

    def begin_like(self, piece: VideoStream, stream: StreamInfo) -> None:
        """Opens the file for packets of this stream and those like it.

        Args:
            piece: Of the first piece.
            stream: What is said of the film's pictures.

        Raises:
            SinkError: The file cannot be opened.
        """
        try:
            self._open_like(piece, stream)
        except (FFmpegError, OSError) as error:
            reason = reason_of(error)
            raise SinkError(f"{self.path} cannot be opened: {reason}") from None

    def _open_like(self, piece: VideoStream, stream: StreamInfo) -> None:
        def add_video(container: OutputContainer) -> VideoStream:
            # opaque: a decoder's name, as libdav1d, need not be that of an encoder
            output = container.add_stream_from_template(piece, opaque=True)
            output.time_base = stream.time_base
            output.codec_context.framerate = stream.frame_rate or Fraction(25)
            if not output.codec_context.color_range:  # a piece says "full" at most
                output.codec_context.color_range = stream.colour.full_range
            if piece.codec_context.name == "hevc" and self.path.suffix != ".mkv":
                output.codec_context.codec_tag = "hvc1"
            return output

        copier = self._copier_for(stream)
        copier.pictures_moved(self._shift)
        self._start(stream, copier, add_video)
        self._times.end = self._end_pts
        self._encoder = piece.codec_context.name

    def _copier_for(self, stream: StreamInfo) -> StreamCopier:
        if not self._excerpt:
            return StreamCopier(self._source)
        copier = ExcerptCopier(self._source)
        copier.pictures_end(self._end_pts * stream.time_base)
        return copier

    def copy(self, packet: "Packet[VideoStream]") -> None:
        """Writes one packet, after what the other streams have up to its time.

        Raises:
            SinkError: The disk is full.
        """
        if self._container is None or self._stream is None or packet.pts is None:
            raise SinkError(f"{self.path} is not open")
        time = packet.pts * packet.time_base
        ratio, packet.time_base = packet.time_base / self._time_base, self._time_base
        packet.pts = round(packet.pts * ratio)
        if packet.dts is not None:
            packet.dts = self._dts_behind_the_last(round(packet.dts * ratio))
        packet.stream = self._stream
        if packet.dts is not None and self._copier is not None:
            self._copier.decoded_from(packet.dts * self._time_base)
        self._copy_others(time)
        try:
            self._mux(self._container, packet)
        except (FFmpegError, OSError) as error:
            raise SinkError(f"{self.path}: {reason_of(error)}") from None

    def _dts_behind_the_last(self, dts: int) -> int:
        """Each encoder makes up the first times of decoding: they may overlap."""
        if self._last_dts is not None and dts <= self._last_dts:
            dts = self._last_dts + 1
        self._last_dts = dts
        return dts

    @property
    def _end(self) -> Fraction:
        return self._end_pts * self._time_base

    def _write_rest(self, until: Fraction | None) -> None:
        if self._container is None:
            raise SinkError(f"{self.path} is not open")
        self._copy_others(until)
        try:
            self._mux(self._container, None)
        except (FFmpegError, OSError) as error:
            raise SinkError(f"{self.path}: {reason_of(error)}") from None

    def _copy_others(self, until: Fraction | None) -> None:
        if self._copier is None or self._container is None:
            return
        try:
            self._copier.copy_until(self._container, until)
        except (FFmpegError, OSError) as error:
            raise SinkError(f"{self.path}: {reason_of(error)}") from None
