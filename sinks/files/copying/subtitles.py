"""Subtitles written anew where the container cannot hold them as they are.

MP4 and Matroska share no form of text subtitles: the text is kept, its styling only as
far as the other form has it.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from av.container import OutputContainer
from av.packet import Packet
from av.stream import Discard, Stream
from av.subtitles.stream import SubtitleStream

from sinks.files.copying.cues import EMPTY, Cue, apart, filled
from sinks.files.copying.first_packets import readable
from sources.container.media import open_path

_TEXT_CODECS = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
_CODEC_OF = {"matroska": "subrip", "mp4": "mov_text", "mov": "mov_text"}
_MILLISECONDS = Fraction(1, 1000)
_AHEAD_MS = 1000
"""Cues are handed over before the pictures of their time."""
_FINEST = 1_000_000
_LONG_LEAD_MS = 400
"""Fragments last 500 ms, counted from the first picture's decoding."""


def text_codec_for(container: str, stream: Stream) -> str:
    """Returns the codec that text subtitles get in `container`; empty if none."""
    context = stream.codec_context
    if not isinstance(stream, SubtitleStream) or context is None:
        return ""
    return _CODEC_OF.get(container, "") if context.name in _TEXT_CODECS else ""


class TextFilter:
    """Turns the packets of one text subtitle stream into those of another form."""

    def __init__(self, output: OutputContainer, stream: Stream, codec: str) -> None:
        """Adds the new stream to `output`, before its header is written.

        Raises:
            TypeError: `stream` or `codec` is none of subtitles.
        """
        copy = output.add_stream(codec)
        if not (
            isinstance(copy, SubtitleStream) and isinstance(stream, SubtitleStream)
        ):
            raise TypeError(f"{codec} and {stream.type} must be subtitles.")
        stream.codec_context.open(strict=False)  # only then its header is there
        copy.codec_context.subtitle_header = stream.codec_context.subtitle_header
        copy.codec_context.time_base = copy.time_base = _MILLISECONDS
        self.stream: Stream = copy
        self._encoder = copy.codec_context
        self._decoder = stream.codec_context

    def __call__(self, packet: "Packet[Stream]") -> "list[Packet[Stream]]":
        """Returns the packet in the new form; empty text has no place there."""
        cue = self.cue_of(packet)
        return [_packet(cue)] if cue else []

    def cue_of(self, packet: "Packet[Stream]") -> Cue | None:
        """Returns what a packet shows, in the new form."""
        text = self._decoder.decode2(packet)
        if text is None or packet.pts is None:
            return None
        data = bytes(self._encoder.encode_subtitle(text))
        start = round(packet.pts * packet.time_base * 1000)
        length = round((packet.duration or 0) * packet.time_base * 1000)
        return Cue(start, start + length, data)


class CueTrack:
    """The text of one subtitle stream for MP4, where cues cannot overlap.

    A cue must be written when it begins, with its end: when the next one begins must be
    known by then. So the stream is read by itself, ahead of the others.

    Where pictures are decoded long before the first is shown (a gap behind it, and B
    frames), FFmpeg 8.1 writes a fragment before the first cue comes, and ends the
    process at the next: `Assertion next_dts >= 0`, `movenc.c`. So an empty cue, which
    the edit list hides, begins when the first picture is decoded.
    """

    def __init__(
        self,
        path: Path,
        index: int,
        copy: Stream,
        cue_of: "Callable[[Packet[Stream]], Cue | None]",
    ) -> None:
        """Reads nothing yet.

        Args:
            path: The file that is read.
            index: Number of the subtitles in it.
            copy: The stream of the output, before its header is written.
            cue_of: Makes a cue of a packet.
        """
        copy.time_base = Fraction(1, _FINEST)
        self._read = apart(_cues_in(path, index, cue_of))
        self._cues: Iterator[Cue] | None = None
        self._next: Cue | None = None
        self._begin: int | None = None

    def until(
        self,
        seconds: Fraction | None,
        shift: Fraction,
        decoded_from: Fraction | None,
    ) -> "Iterator[Packet[Stream]]":
        """Yields what begins before the picture of that time; all for None.

        Args:
            seconds: Time of the picture, in the output.
            shift: By so much the pictures were moved.
            decoded_from: When the first picture is decoded, in the output; None until
                it is known, and nothing is yielded until then.
        """
        now = None if seconds is None else round((seconds - shift) * 1000)
        self._begin = (now or 0) if self._begin is None else self._begin
        if decoded_from is None:
            return
        if self._cues is None:
            self._cues = filled(self._read, self._begin)
            self._next = next(self._cues, None)
            lead = self._begin - round((decoded_from - shift) * 1000)
            if lead >= _LONG_LEAD_MS:
                yield _packet(Cue(self._begin - lead, self._begin, EMPTY), shift)
        while self._next is not None:
            if now is not None and self._next.start >= now + _AHEAD_MS:
                return
            yield _packet(self._next, shift)
            self._next = next(self._cues, None)


def plain_cue(packet: "Packet[Stream]") -> Cue | None:
    """Returns what a packet of MP4's own text shows; None for nothing."""
    data = bytes(packet)
    if packet.pts is None or data.startswith(EMPTY):
        return None
    start = round(packet.pts * packet.time_base * 1000)
    length = round((packet.duration or 0) * packet.time_base * 1000)
    return Cue(start, start + length, data)


def _cues_in(
    path: Path, index: int, cue_of: "Callable[[Packet[Stream]], Cue | None]"
) -> Iterator[Cue]:
    with closing(open_path(path)) as container:
        for stream in container.streams:
            if stream.index != index:
                stream.discard = Discard.all
        for packet in readable(container):
            if packet.stream_index == index and (cue := cue_of(packet)):
                yield cue


def _packet(cue: Cue, shift: Fraction = Fraction(0)) -> "Packet[Stream]":
    packet: Packet[Stream] = Packet(cue.data)
    packet.time_base = _MILLISECONDS
    packet.pts = packet.dts = cue.start + round(shift * 1000)
    packet.duration = cue.end - cue.start
    packet.is_keyframe = True
    return packet
