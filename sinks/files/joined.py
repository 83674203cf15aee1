"""A film put together from pieces: packets are copied, nothing is encoded again."""

from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sinks.errors import SinkError
from sinks.files.copying.excerpt import ExcerptCopier
from sinks.files.copying.stream_copy import StreamCopier
from sinks.files.muxing.container import open_container, reason_of
from sinks.files.muxing.packet_times import PacketTimes
from sinks.files.video import VideoFile
from sources.frame import StreamInfo


class JoinedFile(VideoFile):
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
        super().__init__(path, copy_from=copy_from)
        self._source, self._shift, self._excerpt = copy_from, shift, excerpt
        self._last_dts: int | None = None
        self._time_base = Fraction(1)
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
        kind = ExcerptCopier if self._excerpt else StreamCopier
        self._copier = kind(self._source)
        container = self._container = open_container(
            self.path, stream.time_base, own_tags=self._copier.has_own_tags
        )
        self._time_base = stream.time_base
        rate = stream.frame_rate or Fraction(25)
        usual = max(round(1 / rate / stream.time_base), 1)
        self._times = PacketTimes(by_decoding=self._is_mp4, usual=usual)
        self._times.end = self._end_pts

        def add_video() -> VideoStream:
            # opaque: a decoder's name, as libdav1d, need not be that of an encoder
            output = container.add_stream_from_template(piece, opaque=True)
            output.time_base = stream.time_base
            output.codec_context.framerate = rate
            if piece.codec_context.name == "hevc" and self.path.suffix != ".mkv":
                output.codec_context.codec_tag = "hvc1"
            return output

        self._copier.pictures_moved(self._shift)
        self._stream = self._copier.join(container, add_video)
        self.notes += self._copier.notes
        container.start_encoding()
        self._encoder = piece.codec_context.name

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

    def _encode(self, picture: av.VideoFrame | None, until: Fraction | None) -> None:
        """Called by `finish`: there is no encoder that holds anything."""
        if self._container is None:
            raise SinkError(f"{self.path} is not open")
        until = until if until is None else self._end_pts * self._time_base
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
