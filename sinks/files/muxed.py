"""A video file in the making: its pictures as packets, and what is copied beside them.

MP4 and MOV are written as `hybrid_fragmented`: half-second fragments on disk while the
run lasts, an ordinary file once it is closed. After a SIGKILL, what was flushed plays.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from sinks.background_writer import ImmediateWriter, Writer, writer_for
from sinks.errors import SinkError, UnplayableError
from sinks.files.comparison import what_is_lost
from sinks.files.copying.stream_copy import StreamCopier
from sinks.files.live_audio import LiveAudioCopier
from sinks.files.muxing.container import (
    MP4_SUFFIXES,
    open_container,
    plays,
    reason_of,
)
from sinks.files.muxing.mp4_covers import add_covers
from sinks.files.muxing.mp4_repair import TrackTimes, repair
from sinks.files.muxing.packet_times import PacketTimes
from sinks.files.muxing.unbuffered_file import UnbufferedFile
from sources.frame import StreamInfo


class MuxedFile(ABC):
    """Takes packets of pictures in order; who makes them is up to the subclass."""

    def __init__(self, path: Path, *, copy_from: Path | None) -> None:
        """Writes nothing yet.

        Args:
            path: Its suffix names the container.
            copy_from: A file whose audio, subtitles, chapters and tags are copied.
        """
        self.path = path
        self.notes: list[str] = []
        self._copy_from = copy_from
        self._copier: StreamCopier | LiveAudioCopier | None = None
        self._container: OutputContainer | None = None
        self._file: UnbufferedFile | None = None
        self._disk: Writer = ImmediateWriter()
        self._stream: VideoStream | None = None
        self._encoder = ""
        self._side_data: frozenset[str] = frozenset()
        self._times = PacketTimes(by_decoding=True, usual=1)
        self._time_base = Fraction(1)

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

    def _start(
        self,
        stream: StreamInfo,
        copier: StreamCopier | LiveAudioCopier | None,
        add_video: Callable[[OutputContainer], VideoStream],
    ) -> None:
        """Opens the container and writes its head.

        Args:
            stream: What is said of the pictures.
            copier: Brings the other streams; None: there are none.
            add_video: Adds the stream of the pictures.

        Raises:
            FFmpegError: The muxer refuses.
            OSError: The file cannot be made.
        """
        self._copier = copier
        own_tags = copier is not None and copier.has_own_tags
        container = self._container = self._opened(stream, own_tags=own_tags)
        usual = round(1 / (stream.frame_rate or Fraction(25)) / stream.time_base)
        self._times = PacketTimes(by_decoding=self._is_mp4, usual=max(usual, 1))
        self._time_base = stream.time_base
        if copier is None:
            self._stream = add_video(container)
        else:
            self._stream = copier.join(container, partial(add_video, container))
            self.notes += copier.notes
        container.start_encoding()
        if self._file is not None:
            self._file.open()
        self._disk = writer_for(self.path.name, live=stream.live)

    def _opened(self, stream: StreamInfo, *, own_tags: bool) -> OutputContainer:
        self._file = UnbufferedFile(self.path) if stream.live else None
        return open_container(
            self.path, stream.time_base, self._file, own_tags=own_tags
        )

    def _mux(
        self, container: OutputContainer, packet: "Packet[VideoStream] | None"
    ) -> None:
        before = self._times.next(packet)
        if before is not None:
            self._disk.do(partial(container.mux, before), before.size)

    @property
    @abstractmethod
    def _end(self) -> Fraction:
        """Where the last picture ends, in seconds."""

    @abstractmethod
    def _write_rest(self, until: Fraction | None) -> None:
        """Writes what is held back of the pictures, and the other streams.

        Args:
            until: The other streams end here, in seconds; None: where they end.

        Raises:
            SinkError: The disk is full.
        """

    def finish(self, *, whole: bool) -> None:
        """Writes what is still held back and completes the file.

        The other streams end where the pictures end, unless the run was whole.
        """
        if self._container is None:
            return
        self._write_rest(None if whole else self._end)
        container, self._container = self._container, None
        try:
            self._disk.do(partial(self._complete, container))
            self._disk.finish()
        except (FFmpegError, OSError) as error:
            raise self._incomplete(error) from None
        self.notes += self._disk.notes
        self._compare()
        self.close()

    def _compare(self) -> None:
        """Names what the source has and this file has not."""
        if not self.path.is_file():
            return
        told = self._copier.notes if self._copier else []
        self.notes += [note for note in told if note not in self.notes]
        left_out = self._copier.left_out if self._copier else frozenset()
        self.notes += what_is_lost(
            self._copy_from, self.path, side_data=self._side_data, said=left_out
        )

    def _complete(self, container: OutputContainer) -> None:
        """Writes the tail, and puts right what the muxer says of times and covers."""
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
        add_covers(self.path, self._copier.covers if self._copier else ())

    def _incomplete(self, error: FFmpegError | OSError) -> SinkError:
        """Says that the tail could not be written, and whether the file plays."""
        told = f"{self.path}: the end of the file could not be written"
        if plays(self.path):
            return SinkError(f"{told}: {reason_of(error)}")
        return UnplayableError(f"{told}: {reason_of(error)}; it does not play")

    def close(self) -> None:
        """Lets go of the file without completing it; may be called twice.

        A trailer is not written: on a full disk it would spoil the fragments that are
        already safe.
        """
        if self._copier:
            self._copier.close()
        if self._file is not None:
            self._disk.abandon(self._file.close)
        self._stream = self._container = None
