"""The other streams of the source file: audio, subtitles, chapters, tags, as packets.

They are read from the source file a second time and put between the pictures by their
time, so that nothing of them has to wait in memory.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

from sinks.files.adts import AdtsFilter, needs_filter
from sinks.files.discontinuities import Discontinuities, start_of
from sinks.files.subtitles import TextFilter, text_codec_for

_OWN_TAGS = frozenset(
    {"encoder", "major_brand", "minor_version", "compatible_brands", "duration"}
)
_FAULTS_IN_ROW = 100
"""Damage is skipped as the source skips it, which counts and reports it."""
_APPLE = "com.apple.quicktime."
"""FFmpeg writes these only in the place of title, artist and their like."""
_QUICKTIME_LANGUAGES = {
    **{"deu": "ger", "fre": "fra", "nld": "dut", "swe": "sve", "ell": "gre"},
    **{"isl": "ice", "zho": "chi", "cze": "ces", "rum": "ron", "slo": "slk"},
    **{"sqi": "alb", "mkd": "mac", "fas": "per", "eus": "baq", "cym": "wel"},
    **{"msa": "may", "hye": "arm", "kat": "geo", "mya": "bur", "bod": "tib"},
}
"""Of two codes for one language FFmpeg writes only one into MOV, and no other."""
_STATISTICS = ("bps", "number_of_", "_statistics_")
"""Tags that describe the old file's bytes and would be wrong in the new one."""


def tags_to_keep(metadata: dict[str, str]) -> dict[str, str]:
    """Returns the tags that are as true of the new file as of the old one."""
    return {
        key: value
        for key, value in metadata.items()
        if key.lower() not in _OWN_TAGS and not key.lower().startswith(_STATISTICS)
    }


def _stream_tags(stream: Stream, quicktime: bool) -> dict[str, str]:
    tags = tags_to_keep(stream.metadata)
    if quicktime and "language" in tags:
        known = _QUICKTIME_LANGUAGES.get(tags["language"], tags["language"])
        tags["language"] = known
    return tags


class StreamCopier:
    """Copies everything but the main video stream into an output."""

    def __init__(self, path: Path) -> None:
        """Opens `path` a second time, for itself."""
        self.notes: list[str] = []
        self.audio_packets = 0
        self._input: InputContainer = av.open(
            str(path.absolute()), metadata_errors="replace"
        )
        self._main = self._input.streams.best("video")
        self._path = path
        self._copies: dict[int, Stream] = {}
        self._filters: dict[int, AdtsFilter | TextFilter] = {}
        self._waiting: Packet[Stream] | None = None
        self._joints = Discontinuities()
        self._quicktime = False
        self._packets: Iterator[Packet[Stream]] = iter(())

    def join(
        self, output: OutputContainer, add_video: Callable[[], VideoStream]
    ) -> VideoStream:
        """Adds streams and tags to `output` in the source's order, before its header.

        Returns:
            What `add_video` added in the place of the main video stream.
        """
        self._quicktime = output.format.name == "mov"
        tags = tags_to_keep(self._input.metadata)
        output.metadata.update(tags)
        own = [key for key in tags if key.startswith(_APPLE)]
        if own and output.format.name in {"mp4", "mov"}:
            self.notes.append(f"tags of Apple's own are left out: {', '.join(own)}")
        chapters = self._add_chapters(output)
        video = None
        for stream in self._input.streams:
            if stream.type == "data" and chapters:
                continue  # the text track of MP4's chapters, which are written anew
            if stream is self._main:
                video = add_video()
                video.metadata.update(_stream_tags(stream, self._quicktime))
                video.disposition = stream.disposition
            else:
                self._add(output, stream)
        self._packets = self._kept_packets()
        return video or add_video()

    def _add_chapters(self, output: OutputContainer) -> bool:
        """Returns whether the source has any."""
        chapters = self._input.chapters()
        if chapters:
            output.set_chapters(chapters)
        return bool(chapters)

    def _add(self, output: OutputContainer, stream: Stream) -> None:
        reason = _why_not(output.format.name, stream)
        name = f"{stream.type} stream {stream.index} ({_codec_name(stream)})"
        text = text_codec_for(output.format.name, stream)
        if reason and text:
            rewritten = TextFilter(output, stream, text)
            self._filters[stream.index] = rewritten
            self._take(stream, rewritten.stream)
            self.notes.append(f"{name} is stored as {text}")
            return
        if reason:
            self.notes.append(f"{name} is left out: {reason}")
            stream.discard = Discard.all
            return
        copy = output.add_stream_from_template(stream)
        _name_channels(copy)
        self._take(stream, copy)
        if needs_filter(stream):
            self._filters[stream.index] = AdtsFilter(self._path, stream, copy)

    def _take(self, stream: Stream, copy: Stream) -> None:
        copy.metadata.update(_stream_tags(stream, self._quicktime))
        copy.disposition = stream.disposition
        self._copies[stream.index] = copy

    def _kept_packets(self) -> "Iterator[Packet[Stream]]":
        if not self._copies:
            return
        if self._main is not None:
            self._main.discard = Discard.all
        packets = self._input.demux()
        faults_in_row = 0
        while faults_in_row <= _FAULTS_IN_ROW:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except FFmpegError:
                faults_in_row += 1
                packets = self._input.demux()  # an error ends the old one
                continue
            faults_in_row = 0
            if packet.stream_index in self._copies and packet.size:
                self._joints.read(packet)
                yield packet

    def copy_until(self, output: OutputContainer, seconds: Fraction | None) -> None:
        """Writes the packets that start before `seconds`; all of them for None."""
        while True:
            packet = self._waiting or next(self._packets, None)
            self._waiting = packet
            if packet is None:
                return
            shift = self._joints.shift_of(packet, seconds)
            if shift is None:
                return
            if seconds is not None and start_of(packet) + shift >= seconds:
                return
            self._waiting = None
            self._copy(output, packet, shift)

    def pictures_moved(self, seconds: Fraction) -> None:
        """Says how far the picture that comes now was moved (`Frame.shift`)."""
        self._joints.pictures_moved(seconds)

    def _copy(
        self, output: OutputContainer, packet: "Packet[Stream]", shift: Fraction
    ) -> None:
        if packet.dts is None:
            packet.dts = packet.pts
        if packet.dts is None or not self._joints.move(packet, shift):
            return
        self.audio_packets += packet.stream.type == "audio"
        index = packet.stream_index
        bare = self._filters.get(index)
        for part in bare(packet) if bare else (packet,):
            part.stream = self._copies[index]
            output.mux(part)

    def close(self) -> None:
        """Closes the second view of the source; may be called twice."""
        self._input.close()


def _codec_name(stream: Stream) -> str:
    context = stream.codec_context
    return context.name if context is not None else "unknown"


def _name_channels(copy: Stream) -> None:
    """Gives audio that only counts its channels, as PCM in AVI, the usual ones.

    MP4 refuses it otherwise, and not before it writes its head, half a second later.
    """
    if not isinstance(copy, AudioStream):
        return
    layout = copy.codec_context.layout
    if layout.name.endswith(" channels"):
        with suppress(ValueError):  # for so many there are no usual ones
            copy.codec_context.layout = AudioLayout(f"{layout.nb_channels}c")


def _why_not(container: str, stream: Stream) -> str:
    """Returns why a stream is not copied; empty if it is."""
    picture = stream.disposition & (Disposition.attached_pic | Disposition.still_image)
    if stream.type == "video" and not picture:
        return "it would still have its rain; one video stream is derained"
    return "" if _storable(container, stream) else f"{container} cannot store it"


def _storable(container: str, stream: Stream) -> bool:
    """Tries to write a header with this stream alone: only the muxer truly knows."""
    if stream.type == "attachment":
        return container == "matroska"
    trial = av.open(io.BytesIO(), "w", format=container)
    try:
        trial.add_stream_from_template(stream)
        trial.start_encoding()
    except (FFmpegError, ValueError, TypeError, NotImplementedError):
        return False
    else:
        return True
    finally:
        _abandon(trial)


def _abandon(container: OutputContainer) -> None:
    try:
        container.close()
    except (FFmpegError, ValueError):
        return
