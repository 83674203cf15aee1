"""Video files that keep the source's time, colour, audio and tags, and survive a kill.

MP4 and MOV are written as `hybrid_fragmented`: half-second fragments on disk while the
run lasts, an ordinary file once it is closed. After a SIGKILL, what was flushed plays.
"""

import os
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import ArgumentError, FFmpegError
from av.packet import Packet
from av.video.frame import PictureType
from av.video.stream import VideoStream

from sinks.background_writer import BackgroundWriter
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
from sinks.files.comparison import what_is_lost
from sinks.files.copying.piped_copy import PipedCopier
from sinks.files.copying.stream_copy import StreamCopier
from sinks.files.live_audio import LiveAudioCopier
from sinks.files.muxing.container import (
    MP4_SUFFIXES,
    check_quality,
    check_target,
    open_container,
    plays,
    reason_of,
)
from sinks.files.muxing.mp4_repair import TrackTimes, repair
from sinks.files.muxing.packet_times import PacketTimes
from sinks.files.muxing.unbuffered_file import UnbufferedFile
from sinks.files.muxing.video_stream import (
    describe,
    encoder_settings,
    preset_and_quality,
)
from sinks.files.place import Claim, make_folder
from sources.audio import Audio, AudioPacket
from sources.container.arriving import ArrivingStreams
from sources.frame import Frame, StreamInfo

os.environ.setdefault("SVT_LOG", "0")
# SVT-AV1 prints its settings unasked, and that it is ended early, as on a full disk.


class VideoFile:
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
        self.path = path
        self.notes: list[str] = []
        self._encode_options = encode
        self._copy_from = copy_from
        self._arriving: ArrivingStreams | None = None
        self._copier: StreamCopier | LiveAudioCopier | None = None
        self._live_audio: LiveAudioCopier | None = None
        self._container: OutputContainer | None = None
        self._file: UnbufferedFile | None = None
        self._disk: BackgroundWriter | None = None
        self._stream: VideoStream | None = None
        self._claim: Claim | None = None
        self._encoder = ""
        self._side_data: frozenset[str] = frozenset()
        self._until = self._step = Fraction(0)
        self._on_gpu = False
        self._times = PacketTimes(by_decoding=True, usual=1)
        self._time_base = Fraction(1)

    def _check(self, path: Path, encode: EncodeOptions) -> None:
        check_target(path, encode)

    @property
    def _is_mp4(self) -> bool:
        return self.path.suffix.lower() in MP4_SUFFIXES

    @property
    def encoder(self) -> str:
        """FFmpeg's name of the encoder, once the output is open."""
        return self._encoder

    @property
    def audio_packets(self) -> int:
        """How many packets of audio were copied."""
        return self._copier.audio_packets if self._copier else 0

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

    def encode_on_gpu(self) -> None:
        """Lets the card encode what it can; before `begin`.

        A preset's name is the CPU's: who gives one gets that encoder.
        """
        self._on_gpu = self._encode_options.preset is None

    def _open(
        self, codec: str, encoder: Encoder, pixel_format: str, stream: StreamInfo
    ) -> None:
        copied = self._streams_to_copy()
        own_tags = copied is not None and copied.has_own_tags
        container = self._opened(stream, own_tags=own_tags)
        rate = stream.frame_rate or Fraction(25)
        self._times = PacketTimes(
            by_decoding=self._is_mp4,
            usual=max(round(1 / rate / stream.time_base), 1),
        )
        self._time_base = stream.time_base
        self._container = container

        def add_video() -> VideoStream:
            output = container.add_stream(
                encoder.name,
                rate=min(rate, encoder.highest_rate),
                options=dict(self._settings(encoder, stream)),
            )
            if not isinstance(output, VideoStream):  # for the type checker: it is one
                raise TypeError(encoder.name)
            describe(output, pixel_format, stream)
            if codec == "hevc" and self._is_mp4:
                output.codec_context.codec_tag = "hvc1"  # what Apple's players take
            return output

        self._copier = copied or self._live_audio
        if self._copier is None:
            self._stream = add_video()
        else:
            self._stream = self._copier.join(container, add_video)
            self.notes += self._copier.notes
        container.start_encoding()
        if self._file is not None:
            self._file.open()
        self._disk = BackgroundWriter(self.path.name) if stream.live else None

    def _streams_to_copy(self) -> StreamCopier | None:
        if self._arriving is not None:
            return PipedCopier(self._arriving)
        return StreamCopier(self._copy_from) if self._copy_from else None

    def _opened(self, stream: StreamInfo, *, own_tags: bool) -> OutputContainer:
        self._file = UnbufferedFile(self.path) if stream.live else None
        return open_container(
            self.path, stream.time_base, self._file, own_tags=own_tags
        )

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
            return self._disk is None or self._disk.has_room()
        except (FFmpegError, OSError) as error:
            raise SinkError(f"{self.path}: {reason_of(error)}") from None

    def _store(self, job: Callable[[], object], size: int = 0) -> None:
        """Writes: at once, or on the thread that a live source has."""
        if self._disk is None:
            job()
        else:
            self._disk.do(job, size)

    def _encode(self, picture: av.VideoFrame | None, until: Fraction | None) -> None:
        if self._container is None or self._stream is None:
            raise SinkError(f"{self.path} is not open")
        try:
            packets = self._stream.encode(picture)
            if self._copier:
                if packets and packets[0].dts is not None:
                    self._copier.decoded_from(packets[0].dts * self._time_base)
                copy = self._copier.copy_until
                self._store(partial(copy, self._container, until))
            for packet in packets:
                self._mux(self._container, packet)
            if picture is None:
                self._mux(self._container, None)
        except (FFmpegError, OSError) as error:
            kind = SinkError if plays(self.path) else UnplayableError
            raise kind(f"{self.path}: {reason_of(error)}") from None

    def _mux(
        self, container: OutputContainer, packet: "Packet[VideoStream] | None"
    ) -> None:
        before = self._times.next(packet)
        if before is not None:
            self._store(partial(container.mux, before), before.size)

    def finish(self, *, whole: bool) -> None:
        """Writes what the encoder still holds and completes the file.

        The other streams end where the pictures end, unless the run was whole.
        """
        if self._container is None:
            return
        self._encode(None, until=None if whole else self._until + self._step)
        container, self._container = self._container, None
        try:
            if self._live_audio is not None:
                self._store(self._live_audio.finish)
            self._store(partial(self._complete, container))
            self._finish_disk()
        except (FFmpegError, OSError) as error:
            raise self._incomplete(error) from None
        self._compare()
        self.close()

    def _compare(self) -> None:
        """Names what the source has and this file has not."""
        if self._live_audio is not None or not self.path.is_file():
            return
        told = self._copier.notes if self._copier else []
        self.notes += [note for note in told if note not in self.notes]
        left_out = self._copier.left_out if self._copier else frozenset()
        self.notes += what_is_lost(
            self._copy_from, self.path, side_data=self._side_data, said=left_out
        )

    def _complete(self, container: OutputContainer) -> None:
        """Writes the tail, and puts right what the muxer says of times."""
        video = self._stream.index if self._stream else 0
        container.close()
        if not self._is_mp4 or not self.path.is_file():
            return
        ahead = self._copier.put_forward if self._copier else {}
        tracks = {
            number: TrackTimes(put_forward=seconds) for number, seconds in ahead.items()
        }
        last = self._times.last * self._time_base
        repair(self.path, {**tracks, video: TrackTimes(last=last)})

    def _incomplete(self, error: FFmpegError | OSError) -> SinkError:
        """Says that the tail could not be written, and whether the file plays."""
        told = f"{self.path}: the end of the file could not be written"
        if plays(self.path):
            return SinkError(f"{told}: {reason_of(error)}")
        return UnplayableError(f"{told}: {reason_of(error)}; it does not play")

    def _finish_disk(self) -> None:
        if self._disk is None:
            return
        self._disk.finish()
        self.notes += self._disk.notes

    def close(self) -> None:
        """Lets go of the file without completing it; may be called twice.

        A trailer is not written: on a full disk it would spoil the fragments that are
        already safe.
        """
        if self._copier:
            self._copier.close()
        if self._file is not None:
            if self._disk is not None:
                self._disk.abandon(self._file.close)
            else:
                self._file.close()
        self._stream = self._container = None
        if self._claim is not None:
            self._claim.release()
