"""Video files, encoded: they keep the source's time, colour, audio and tags."""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import ArgumentError, FFmpegError
from av.video.frame import PictureType
from av.video.stream import VideoStream

from sinks.encoding.encoders import (
    CODECS_OF,
    ENCODERS,
    Encoder,
    choose_codec,
    choose_sampling,
)
from sinks.encoding.nvenc import on_card
from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.errors import SinkError, UnplayableError
from sinks.files.copying.piped_copy import PipedCopier
from sinks.files.copying.stream_copy import StreamCopier
from sinks.files.live_audio import LiveAudioCopier
from sinks.files.muxed import MuxedFile
from sinks.files.muxing.container import check_quality, check_target, plays, reason_of
from sinks.files.muxing.video_stream import (
    describe,
    encoder_settings,
    preset_and_quality,
)
from sinks.files.place import Claim, make_folder
from sources.audio import Audio, AudioPacket
from sources.container.arriving import ArrivingStreams
from sources.frame import Frame, StreamInfo


class VideoFile(MuxedFile):
    """Encodes frames into one video file."""

    fixed_size = True
    carries_alpha = False

    def __init__(
        self,
        path: Path,
        *,
        encode: EncodeOptions = DEFAULT_ENCODING,
        copy_from: Path | None = None,
    ) -> None:
        """Checks that the path can hold what is asked for; writes nothing yet.

        Args:
            path: Its suffix names the container.
            encode: How; what it leaves open gets a good default.
            copy_from: A file whose audio, subtitles, chapters and tags are copied.

        Raises:
            SinkError: No container or codec of that name, or a folder that is missing.
        """
        self._check(path, encode)
        super().__init__(path, copy_from=copy_from)
        self._encode_options = encode
        self._arriving: ArrivingStreams | None = None
        self._live_audio: LiveAudioCopier | None = None
        self._claim: Claim | None = None
        self._until = self._step = Fraction(0)
        self._on_gpu = False

    def _check(self, path: Path, encode: EncodeOptions) -> None:
        check_target(path, encode)

    def follow(self, streams: ArrivingStreams) -> None:
        """Says before `begin` which other streams come with the pictures."""
        self._arriving = streams

    def expect_audio(self, audio: Audio) -> None:
        """Says before `begin` which audio a live source will bring."""
        self._live_audio = LiveAudioCopier(self.path.name, audio)

    def take_audio(self, packet: AudioPacket) -> None:
        """Keeps a packet of audio for the picture of its time; from any thread."""
        if self._live_audio is not None:
            self._live_audio.take(packet)

    def encode_on_gpu(self) -> None:
        """Lets the card encode what it can; before `begin`.

        A preset's name is the CPU's: who gives one gets that encoder.
        """
        self._on_gpu = self._encode_options.preset is None

    def begin(self, stream: StreamInfo) -> str:
        """Opens the file, which overwrites an older one."""
        codec = self._codec_of(stream)
        check_quality(codec, self._encode_options.quality)
        encoder = ENCODERS[codec]
        sampling, notes = choose_sampling(encoder, stream)
        if self._on_gpu:
            encoder, reasons = on_card(codec, encoder, sampling)
            self.notes += reasons
        self.notes += notes
        self._claim = self._claimed()
        try:
            self._open(codec, encoder, sampling.pixel_format, stream)
        except ArgumentError:
            self._undo_claim()
            preset, quality = preset_and_quality(encoder, self._encode_options)
            raise SinkError(
                f"{encoder.name} refuses {stream.width}x{stream.height} "
                f"{sampling.pixel_format} with preset {preset} and quality {quality}"
            ) from None
        except (FFmpegError, OSError) as error:
            self._undo_claim()
            raise SinkError(
                f"{self.path} cannot be opened: {reason_of(error)}"
            ) from None
        self._encoder = encoder.name
        return sampling.pixel_format

    def _codec_of(self, stream: StreamInfo) -> str:
        asked, suffix = self._encode_options.codec, self.path.suffix.lower()
        return choose_codec(asked, CODECS_OF[suffix], stream)

    def _claimed(self) -> Claim | None:
        make_folder(self.path.parent)
        return Claim(self.path)

    def _undo_claim(self) -> None:
        if self._claim is not None:
            self._claim.undo()

    def _open(
        self, codec: str, encoder: Encoder, pixel_format: str, stream: StreamInfo
    ) -> None:
        def add_video(container: OutputContainer) -> VideoStream:
            output = container.add_stream(
                encoder.name,
                rate=min(stream.frame_rate or Fraction(25), encoder.highest_rate),
                options=dict(self._settings(encoder, stream)),
            )
            if not isinstance(output, VideoStream):  # for the type checker: it is one
                raise TypeError(encoder.name)
            describe(output, pixel_format, stream)
            if codec == "hevc" and self._is_mp4:
                output.codec_context.codec_tag = "hvc1"  # what Apple's players take
            return output

        self._start(stream, self._streams_to_copy() or self._live_audio, add_video)

    def _streams_to_copy(self) -> StreamCopier | None:
        if self._arriving is not None:
            return PipedCopier(self._arriving)
        return StreamCopier(self._copy_from) if self._copy_from else None

    def _settings(self, encoder: Encoder, stream: StreamInfo) -> Mapping[str, str]:
        return encoder_settings(encoder, self._encode_options, stream)

    def write(self, frame: Frame) -> None:
        """Encodes one frame, after what the other streams have up to its time.

        It waits for no disk if the source is live.
        """
        if not self._has_room():
            return
        self._side_data |= frame.side_data
        picture = frame.picture
        picture.pts, picture.time_base = frame.pts, frame.time_base
        picture.pict_type = PictureType.NONE
        time = frame.pts * frame.time_base
        self._step, self._until = time - self._until, time
        self._times.shown(frame.pts, picture.duration)
        if self._copier:
            self._copier.pictures_moved(frame.shift * frame.time_base)
        self._encode(picture, until=time)

    def _has_room(self) -> bool:
        try:
            return self._disk.has_room()
        except (FFmpegError, OSError) as error:
            raise SinkError(f"{self.path}: {reason_of(error)}") from None

    def _encode(self, picture: av.VideoFrame | None, until: Fraction | None) -> None:
        if self._container is None or self._stream is None:
            raise SinkError(f"{self.path} is not open")
        try:
            packets = self._stream.encode(picture)
            if self._copier:
                if packets and packets[0].dts is not None:
                    self._copier.decoded_from(packets[0].dts * self._time_base)
                copy = self._copier.copy_until
                self._disk.do(partial(copy, self._container, until))
            for packet in packets:
                self._mux(self._container, packet)
            if picture is None:
                self._mux(self._container, None)
        except (FFmpegError, OSError) as error:
            kind = SinkError if plays(self.path) else UnplayableError
            raise kind(f"{self.path}: {reason_of(error)}") from None

    @property
    def _end(self) -> Fraction:
        return self._until + self._step

    def _write_rest(self, until: Fraction | None) -> None:
        self._encode(None, until)

    def _complete(self, container: OutputContainer) -> None:
        if self._live_audio is not None:
            self._live_audio.finish()
        super()._complete(container)

    def _compare(self) -> None:
        """Compares nothing if the source is live: there is no file to look into."""
        if self._live_audio is None:
            super()._compare()

    def close(self) -> None:
        """Lets go of the file without completing it; may be called twice."""
        super().close()
        if self._claim is not None:
            self._claim.release()
