"""A stream of the source file: its name, its kind, and what a muxer makes of it."""

from contextlib import closing, suppress
from pathlib import Path

from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Discard, Disposition, Stream

from sinks.audio.reencode import is_misread
from sinks.files.copying.first_packets import first_packets
from sinks.files.copying.trial import storable
from sources.container.media import open_path

MP4 = frozenset({"mp4", "mov"})
"""By FFmpeg's names of muxers."""
EMPTY = "it holds nothing"


def codec_name(stream: Stream) -> str:
    """Returns FFmpeg's name of the codec, or `unknown`."""
    context = stream.codec_context
    return context.name if context is not None else "unknown"


def is_cover(stream: Stream) -> bool:
    """Returns whether a stream is a cover picture."""
    return bool(stream.disposition & Disposition.attached_pic)


def why_not_as_it_is(
    container: str, stream: Stream, first: "Packet[Stream] | None"
) -> str:
    """Returns why a stream is not copied as it is; empty if it is.

    Args:
        container: FFmpeg's name of the muxer.
        stream: Not the one that is derained.
        first: Its first packet, where MP4 waits for it.
    """
    picture = Disposition.attached_pic | Disposition.still_image
    if stream.type == "video" and not stream.disposition & picture:
        return "it would still have its rain; one video stream is derained"
    if stream.codec_context is None and stream.type not in {"data", "attachment"}:
        return "FFmpeg does not know its codec"
    waited_for = container in MP4 and stream.type in {"audio", "data"}
    if waited_for and first is None:
        return EMPTY
    if is_misread(container, stream):
        return "FFmpeg would lose its end there"
    if storable(container, stream, first):
        return ""
    return f"{container} has no place for it"


def attach_cover(output: OutputContainer, path: Path, stream: Stream) -> None:
    """Adds a cover as Matroska has it: as a file in the file.

    Args:
        output: Matroska, before its head is written.
        path: Of the source, which is opened anew.
        stream: The cover in it.
    """
    with closing(open_path(path)) as ahead:
        cover = first_packets(ahead, {stream.index}).get(stream.index)
    if cover is not None:
        form = "png" if codec_name(stream) == "png" else "jpeg"
        name = stream.metadata.get("filename", f"cover.{form.replace('e', '')}")
        output.add_attachment(name, f"image/{form}", bytes(cover))


def made_by_muxer(stream: Stream, *, chapters: bool) -> bool:
    """Returns whether the muxer makes this stream itself, from what it is told.

    That is the text of MP4's chapters, which its demuxer discards, and the time code,
    which is a tag of the video too: two of them break MOV's tail.
    """
    if stream.type != "data":
        return False
    return "timecode" in stream.metadata or (chapters and stream.discard == Discard.all)


def name_channels(copy: Stream) -> None:
    """Gives audio that only counts its channels, as PCM in AVI, the usual ones.

    MP4 refuses it otherwise, and not before it writes its head, half a second later.
    """
    if not isinstance(copy, AudioStream):
        return
    layout = copy.codec_context.layout
    if layout.name.endswith(" channels"):
        with suppress(ValueError):  # for so many there are no usual ones
            copy.codec_context.layout = AudioLayout(f"{layout.nb_channels}c")
