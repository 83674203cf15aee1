"""Subtitles written anew where the container cannot hold them as they are.

MP4 and Matroska share no form of text subtitles: the text is kept, its styling only as
far as the other form has it.
"""

from fractions import Fraction

from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

_TEXT_CODECS = frozenset({"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text"})
_CODEC_OF = {"matroska": "subrip", "mp4": "mov_text", "mov": "mov_text"}
_MILLISECONDS = Fraction(1, 1000)


def text_codec_for(container: str, stream: Stream) -> str:
    """Returns the codec that text subtitles get in `container`; empty if none."""
    context = stream.codec_context
    if not isinstance(stream, SubtitleStream) or context.name not in _TEXT_CODECS:
        return ""
    return _CODEC_OF.get(container, "")


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
        self.stream = copy
        self._decoder = stream.codec_context

    def __call__(self, packet: "Packet[Stream]") -> "list[Packet[Stream]]":
        """Returns the packet in the new form; empty text has no place there."""
        text = self._decoder.decode2(packet)
        if text is None or packet.pts is None:
            return []
        written = self.stream.codec_context.encode_subtitle(text)
        length = (packet.duration or 0) * packet.time_base
        written.time_base = _MILLISECONDS
        written.pts = written.dts = round(packet.pts * packet.time_base * 1000)
        written.duration = round(length * 1000)
        return [written]
