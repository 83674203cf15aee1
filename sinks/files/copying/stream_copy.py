"""The other streams of the source file: audio, subtitles, data, covers, as packets.

They are read from the source file a second time and put between the pictures by their
time, so that nothing of them has to wait in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.stream import VideoStream

from sinks.audio.reencode import AudioReencoder, add_reencoded, codec_for
from sinks.files.copying.adts import (
    AdtsFilter,
    decoder_config,
    is_damaged_aac,
    needs_filter,
)
from sinks.files.copying.cues import Cue
from sinks.files.copying.discontinuities import Discontinuities, start_of
from sinks.files.copying.first_packets import (
    LateTracks,
    first_packets,
    readable,
)
from sinks.files.copying.source_stream import (
    EMPTY,
    MP4,
    attach_cover,
    codec_name,
    is_cover,
    made_by_muxer,
    name_channels,
    why_not_as_it_is,
)
from sinks.files.copying.subtitles import (
    CueTrack,
    TextFilter,
    plain_cue,
    text_codec_for,
)
from sinks.files.copying.tags import has_own_tags, stream_tags, tags_to_keep
from sources.container.media import open_path


class PacketFilter(Protocol):
    """Makes other packets of those of one stream."""

    def __call__(self, packet: "Packet[Stream]") -> "Iterable[Packet[Stream]]":
        """Returns what is written for a packet."""


class StreamCopier:
    """Copies everything but the main video stream into an output."""

    def __init__(self, path: Path, container: InputContainer | None = None) -> None:
        """Opens `path` a second time, for itself, unless `container` is given."""
        self.notes: list[str] = []
        self.audio_packets = 0
        self.left_out: set[int] = set()
        """Numbers of streams of the source, each named in `notes`."""
        self.covers: list[bytes] = []
        """The cover pictures that were copied, whole."""
        self._path = path
        self._input: InputContainer = container or open_path(path)
        self._main = self._input.streams.best("video")
        self._copies: dict[int, Stream] = {}
        self._filters: dict[int, PacketFilter] = {}
        self._first: dict[int, Packet[Stream]] = {}
        self._late = LateTracks({})
        self._waiting: Packet[Stream] | None = None
        self._discontinuities = Discontinuities()
        self._quicktime = False
        self._packets: Iterator[Packet[Stream]] = iter(())
        self._begun = False
        self._shift = Fraction(0)
        self._cues: dict[int, CueTrack] = {}
        self._decoded_from: Fraction | None = None
        self.put_forward: dict[int, Fraction] = {}
        """By how many seconds first packets were written too early, by the number of
        the stream in the output."""

    @property
    def has_own_tags(self) -> bool:
        """Whether there are tags for which MP4 has no name of its own."""
        return has_own_tags(self._input.metadata)

    def join(
        self, output: OutputContainer, add_video: Callable[[], VideoStream]
    ) -> VideoStream:
        """Adds streams and tags to `output` in the source's order, before its header.

        Returns:
            What `add_video` added in the place of the main video stream.
        """
        self._quicktime = output.format.name == "mov"
        self._first = self._look_ahead(output.format.name)
        self._late = LateTracks(self._first)
        tags = tags_to_keep(self._input.metadata)
        output.metadata.update(tags)
        chapters = self._add_chapters(output)
        video = None
        for stream in self._input.streams:
            if stream is self._main:
                video = add_video()
                video.metadata.update(stream_tags(stream, quicktime=self._quicktime))
                video.disposition = stream.disposition
            elif not made_by_muxer(stream, chapters=bool(chapters)):
                self._add(output, stream)
        self._packets = self._kept_packets()
        return video or add_video()

    def _add_chapters(self, output: OutputContainer) -> bool:
        """Returns whether the source has any."""
        chapters = self._input.chapters()
        if chapters:
            output.set_chapters(chapters)
        return bool(chapters)

    def _look_ahead(self, container: str) -> "dict[int, Packet[Stream]]":
        """Returns first packets, of all streams where MP4 will wait for each.

        Text cues have a remedy of their own (`TextFilter`), and may be hours away.
        """
        wanted = {
            stream.index
            for stream in self._input.streams
            if stream.type in {"audio", "data"} and stream.discard != Discard.all
        }
        if container not in MP4 or not wanted:
            return {}
        with closing(open_path(self._path)) as ahead:
            return dict(first_packets(ahead, wanted))

    def _add(self, output: OutputContainer, stream: Stream) -> None:
        name = f"{stream.type} stream {stream.index} ({codec_name(stream)})"
        reason = self._why_not(output.format.name, stream)
        if not reason:
            self._add_copy(output, stream)
            return
        if text := text_codec_for(output.format.name, stream):
            rewritten = TextFilter(output, stream, text)
            self._take(stream, rewritten.stream, rewritten)
            if output.format.name in MP4:
                self._read_ahead(stream, rewritten.stream, rewritten.cue_of)
            self.notes.append(f"{name} is stored as {text}")
            return
        anew = codec_for(output.format.name, stream)
        if anew and isinstance(stream, AudioStream) and reason != EMPTY:
            copy, reencoder = add_reencoded(output, stream, anew)
            self._take(stream, copy, reencoder)
            self.notes.append(f"{name} is stored as {anew}")
            return
        self.notes.append(f"{name} is left out: {reason}")
        self.left_out.add(stream.index)
        stream.discard = Discard.all

    def _why_not(self, container: str, stream: Stream) -> str:
        return why_not_as_it_is(container, stream, self._first.get(stream.index))

    def _add_copy(self, output: OutputContainer, stream: Stream) -> None:
        if output.format.name == "matroska" and is_cover(stream):
            attach_cover(output, self._path, stream)
            return
        copy = output.add_stream_from_template(stream)
        name_channels(copy)
        bare = None
        if needs_filter(stream):
            bare = AdtsFilter(stream, copy, self._adts_config(stream))
        self._take(stream, copy, bare)
        if output.format.name in MP4 and codec_name(stream) == "mov_text":
            self._read_ahead(stream, copy, plain_cue)

    def _adts_config(self, stream: Stream) -> bytes | None:
        return decoder_config(self._path, stream.index)

    def _read_ahead(
        self,
        stream: Stream,
        copy: Stream,
        cue_of: "Callable[[Packet[Stream]], Cue | None]",
    ) -> None:
        cues = CueTrack(self._path, stream.index, copy, cue_of)
        self._cues[stream.index] = cues
        stream.discard = Discard.all

    def _take(self, stream: Stream, copy: Stream, bare: PacketFilter | None) -> None:
        copy.metadata.update(stream_tags(stream, quicktime=self._quicktime))
        copy.disposition = stream.disposition
        self._copies[stream.index] = copy
        if bare is not None:
            self._filters[stream.index] = bare

    def _kept_packets(self) -> "Iterator[Packet[Stream]]":
        if not self._copies:
            return
        if self._main is not None:
            self._main.discard = Discard.all
        for packet in readable(self._input):
            index = packet.stream_index
            if index not in self._copies or index in self._cues:
                continue
            if not self._late.has_written(index):
                self._discontinuities.read(packet)
                yield packet

    def decoded_from(self, seconds: Fraction) -> None:
        """Says when the first picture is decoded; only the first call counts.

        With B frames that is before it is shown. Cues wait for it (`CueTrack`).
        """
        if self._decoded_from is None:
            self._decoded_from = seconds

    def copy_until(self, output: OutputContainer, seconds: Fraction | None) -> None:
        """Writes the packets that start before `seconds`; all of them for None."""
        if not self._begun and seconds is not None:
            self._begun = True
            self._put_forward(output, seconds)
        for index, cues in self._cues.items():
            shown = cues.until(seconds, self._shift, self._decoded_from)
            self._mux(output, index, shown)
        self._copy_until(output, seconds)
        for index, bare in self._filters.items():
            if seconds is None and isinstance(bare, AudioReencoder):
                self._mux(output, index, bare.rest())

    def _copy_until(self, output: OutputContainer, seconds: Fraction | None) -> None:
        while True:
            packet = self._waiting or next(self._packets, None)
            self._waiting = packet
            if packet is None:
                return
            shift = self._discontinuities.shift_of(packet, seconds)
            if shift is None:
                return
            if seconds is not None and start_of(packet) + shift >= seconds:
                return
            self._waiting = None
            self._copy(output, packet, shift)

    def _put_forward(self, output: OutputContainer, begin: Fraction) -> None:
        as_they_are = self._copies.keys() - self._filters.keys()
        for index, early, ahead in self._late.packets(begin, self._shift, as_they_are):
            self.put_forward[self._copies[index].index] = ahead
            self.audio_packets += self._copies[index].type == "audio"
            self._mux(output, index, [early])

    def pictures_moved(self, seconds: Fraction) -> None:
        """Says how far the picture that comes now was moved (`Frame.shift`)."""
        self._shift = seconds
        self._discontinuities.pictures_moved(seconds)

    def _copy(
        self, output: OutputContainer, packet: "Packet[Stream]", shift: Fraction
    ) -> None:
        if is_cover(packet.stream):
            packet.pts = packet.dts = 0  # a cover has no time, and needs one
            self.covers.append(bytes(packet))
        if packet.dts is None:
            packet.dts = packet.pts
        if packet.dts is None or not self._discontinuities.move(packet, shift):
            return
        index = packet.stream_index
        bare = self._filters.get(index)
        if bare is None and output.format.name in MP4 and is_damaged_aac(packet):
            note = f"audio stream {index}: damaged packets are left out"
            self.notes += [] if note in self.notes else [note]
            return
        self.audio_packets += packet.stream.type == "audio"
        self._mux(output, index, bare(packet) if bare else [packet])

    def _mux(
        self, output: OutputContainer, index: int, parts: "Iterable[Packet[Stream]]"
    ) -> None:
        for part in parts:
            part.stream = self._copies[index]
            output.mux(part)

    def close(self) -> None:
        """Closes the second view of the source; may be called twice."""
        self._input.close()
