"""Sinks that take the frames of one piece, and not those that only the network sees."""

from sinks.files.video import VideoFile
from sinks.null import NullSink
from sources.files.part import Span
from sources.frame import Frame, StreamInfo


class OwnFrames:
    """A sink that stores the frames of one piece, and not those around it."""

    fixed_size = True
    carries_alpha = False

    def __init__(self, sink: VideoFile, span: Span | None) -> None:
        """Takes frames for `sink`; without a `span` all of them."""
        self.sink = sink
        self.notes = sink.notes
        self.times: list[int] = []
        self.form = ""
        self._first = span.first + span.shift if span else None
        self._end = span.end + span.shift if span and span.end is not None else None

    @property
    def encoder(self) -> str:
        """What makes the piece."""
        return self.sink.encoder

    @property
    def audio_packets(self) -> int:
        """Those of a film that is not cut."""
        return self.sink.audio_packets

    def begin(self, stream: StreamInfo) -> str:
        """Opens the piece."""
        wanted = self.sink.begin(stream)
        turn = f"{stream.rotation}{'m' if stream.mirrored else ''}"
        colour = stream.colour
        self.form = (
            f"{stream.width}x{stream.height} {wanted} turned {turn} colours "
            f"{colour.matrix}/{colour.full_range}/{colour.primaries}/{colour.transfer}"
        )
        return wanted

    def write(self, frame: Frame) -> None:
        """Stores the frame if it is of the piece."""
        if self._first is not None and frame.pts < self._first:
            return
        if self._end is not None and frame.pts >= self._end:
            return
        self.sink.write(frame)
        self.times.append(frame.pts)

    def finish(self, *, whole: bool) -> None:
        """Completes the piece."""
        self.sink.finish(whole=whole)

    def close(self) -> None:
        """Lets go of it."""
        self.sink.close()


class NoFrames(NullSink):
    """A sink for frames that only the network has to see."""

    fixed_size = True
    encoder = "none"
