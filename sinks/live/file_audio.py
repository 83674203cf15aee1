"""The audio of a file beside its pictures, for servers and playlists.

It is read from the file a second time, as far as the pictures have come. What an output
cannot hold is encoded anew, as AAC, which all of them can.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Stream

from sinks.audio.reencode import AudioReencoder, aac_encoder
from sinks.audio.track import has_head
from sinks.files.copying.adts import AdtsFilter, decoder_config, needs_filter
from sinks.files.copying.discontinuities import Discontinuities, start_of
from sinks.files.copying.first_packets import readable
from sinks.live.left_out import left_out
from sinks.packets import TIME_BASE
from sources.audio import Audio, AudioPacket
from sources.container.media import open_path
from sources.frame import Frame

_GETS = "of a file, live sinks get the pictures and the best audio"
_MOST_CHANNELS, _STEREO = 8, 2
"""As many as the source has, or stereo where an output takes no more."""


class FileAudio:
    """The best audio of one file; used by one thread."""

    def __init__(
        self,
        path: Path,
        container: InputContainer,
        stream: AudioStream,
        carried: Callable[[Audio], bool],
    ) -> None:
        """Takes the container, which it closes; reads nothing yet.

        Args:
            path: Of the file.
            container: The file, opened for this alone.
            stream: Its audio.
            carried: Whether all outputs hold audio of a kind as it is.
        """
        self.notes: list[str] = []
        self._container, self._stream = container, stream
        self._reencoder: AudioReencoder | None = None
        self._bare: AdtsFilter | None = None
        config = _config_of(path, stream)
        self.audio = _kind_of(stream, config)
        """What the outputs get."""
        if not (carried(self.audio) and has_head(self.audio)):
            self._encode_anew(carried)
        elif needs_filter(stream):
            self._bare = AdtsFilter(stream, None, config)
        for other in container.streams:
            if other is not stream:
                other.discard = Discard.all
        number = stream.index  # FFmpeg has read some of the others already
        self._packets = (p for p in readable(container) if p.stream_index == number)
        self._waiting: Packet[Stream] | None = None
        self._discontinuities = Discontinuities()
        self._shown: Fraction | None = None
        self._step = Fraction(0)

    def _encode_anew(self, carried: Callable[[Audio], bool]) -> None:
        was = self.audio.codec
        encoder = aac_encoder(self._stream, _MOST_CHANNELS)
        if not carried(_made_by(encoder)):
            encoder = aac_encoder(self._stream, _STEREO)
        self.audio = _made_by(encoder)
        self._reencoder = AudioReencoder(self._stream.codec_context, encoder)
        self.notes.append(
            f"audio stream {self._stream.index} ({was}) is sent as {self.audio}"
        )

    def beside(self, frame: Frame) -> list[AudioPacket]:
        """Returns what is heard before this frame is shown and was not returned yet.

        What is heard before the first frame has no place in a live stream.
        """
        time = frame.pts * frame.time_base
        self._discontinuities.pictures_moved(frame.shift * frame.time_base)
        packets = list(self._until(time))
        if self._shown is None:
            self._shown = time
            return []
        self._step, self._shown = time - self._shown, time
        return packets

    def rest(self) -> list[AudioPacket]:
        """Returns what is heard while the last frame is shown."""
        if self._shown is None:
            return []
        packets = list(self._until(self._shown + self._step))
        if self._reencoder is not None:
            packets += map(_on_live_time, self._reencoder.rest())
        return packets

    def _until(self, seconds: Fraction) -> Iterator[AudioPacket]:
        while (packet := self._waiting or next(self._packets, None)) is not None:
            if packet is not self._waiting:
                self._discontinuities.read(packet)
            self._waiting = packet
            shift = self._discontinuities.shift_of(packet, seconds)
            if shift is None or start_of(packet) + shift >= seconds:
                return
            self._waiting = None
            if self._discontinuities.move(packet, shift):
                yield from self._sent(packet)

    def _sent(self, packet: "Packet[Stream]") -> Iterator[AudioPacket]:
        if self._reencoder is not None:
            parts = self._reencoder(packet)
        else:
            parts = iter(self._bare(packet) if self._bare else [packet])
        yield from map(_on_live_time, parts)

    def close(self) -> None:
        """Closes the second view of the file; may be called twice."""
        self._container.close()


def file_audio(
    path: Path | None, carried: Callable[[Audio], bool]
) -> tuple[FileAudio | None, list[str]]:
    """Opens the audio of a file for live sinks, if it has any.

    A file that cannot be opened is the source's to tell.

    Returns:
        The audio, and notes on what is sent otherwise than it is, or not at all.
    """
    if path is None:
        return None, []
    try:
        container = open_path(path)
    except (FFmpegError, OSError):
        return None, []
    video, audio = (container.streams.best(kind) for kind in ("video", "audio"))
    beside = _opened(path, container, audio, carried)
    sent = (video, audio) if beside is not None else (video,)
    kept = {stream.index for stream in sent if stream is not None}
    notes = left_out(container, kept, _GETS)
    if beside is None:
        container.close()
        return None, notes
    return beside, beside.notes + notes


def _opened(
    path: Path,
    container: InputContainer,
    stream: Stream | None,
    carried: Callable[[Audio], bool],
) -> FileAudio | None:
    if not isinstance(stream, AudioStream) or stream.codec_context is None:
        return None
    with suppress(FFmpegError, ValueError):  # nothing decodes it, or can say what it is
        return FileAudio(path, container, stream, carried)
    return None


def _config_of(path: Path, stream: AudioStream) -> bytes | None:
    if needs_filter(stream):
        return decoder_config(path, stream.index)
    return stream.codec_context.extradata


def _kind_of(stream: AudioStream, config: bytes | None) -> Audio:
    context = stream.codec_context
    codec = context.codec.canonical_name
    return Audio(
        codec=codec,
        rate=context.sample_rate,
        layout=context.layout.name,
        config=bytes(config or b"").hex() if codec == "aac" else "",
    )


def _made_by(encoder: AudioCodecContext) -> Audio:
    return Audio(
        codec="aac",
        rate=encoder.sample_rate,
        layout=encoder.layout.name,
        config=bytes(encoder.extradata or b"").hex(),
    )


def _on_live_time(packet: "Packet[Stream]") -> AudioPacket:
    seconds = (packet.pts or 0) * (packet.time_base or 0)
    return AudioPacket(bytes(packet), round(seconds / TIME_BASE))
