"""A sink for viewers: encodes once and hands each packet to every output."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from sinks.audio.queue import AudioQueue
from sinks.encoding.low_latency import KEY_SECONDS, PIXEL_FORMAT, LiveEncoder
from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.errors import SinkError, UndeliveredError
from sinks.live.file_audio import FileAudio
from sinks.live.output import Delivers, OutputStatus, PacketOutput, ShowsBefore
from sinks.live.tap import PacketTap
from sinks.packets import Encoded
from sources.audio import Audio, AudioPacket
from sources.frame import Frame, StreamInfo

_LOG = logging.getLogger("derain.sink")


class LiveSink:
    """Encodes frames for one or more outputs."""

    fixed_size = True
    carries_alpha = False
    encoder = LiveEncoder.name

    def __init__(
        self,
        outputs: Sequence[PacketOutput],
        *,
        encode: EncodeOptions = DEFAULT_ENCODING,
        key_seconds: float = KEY_SECONDS,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Opens nothing yet.

        Args:
            outputs: Closed with the sink.
            encode: How; the codec is always H.264.
            key_seconds: Most time between two key frames.
            now: Clock in seconds, to play a file at its own speed.
            sleep: Waits.
        """
        self.notes: list[str] = []
        self.audio_packets = 0
        self._audio: Audio | None = None
        self._file_audio: FileAudio | None = None
        self._waiting = AudioQueue()
        self.outputs = tuple(outputs)
        self.tap: PacketTap | None = None
        """Where packets can be watched beside the outputs."""
        self._encode_options, self._key_seconds = encode, key_seconds
        self._now, self._sleep = now, sleep
        self._encoder: LiveEncoder | None = None
        self._before: tuple[tuple[int, int], LiveEncoder] | None = None
        self._live, self._hold = True, False
        self._begun: float | None = None

    @property
    def statuses(self) -> tuple[OutputStatus, ...]:
        """How each output is doing, the main one first; for any thread."""
        return tuple(output.status for output in self.outputs)

    @property
    def bytes_sent(self) -> int:
        """Of encoded video and audio that arrived at the main output."""
        return self.outputs[0].status.bytes_sent if self.outputs else 0

    @property
    def connected(self) -> bool:
        """Whether what is written arrives at the main output."""
        return not self.outputs or self.outputs[0].status.connected

    def show_before(self, frame: Frame) -> None:
        """Shows a picture to viewers who come before the first one of the source.

        Args:
            frame: In this machine's time; sizes may change.

        Raises:
            SinkError: The size cannot be encoded.
        """
        outputs = [out for out in self.outputs if isinstance(out, ShowsBefore)]
        if not outputs or self._encoder is not None:
            return
        size = frame.picture.width, frame.picture.height
        if self._before is None or self._before[0] != size:
            self._before = size, self._encoder_for(_info_of(frame))
        wanted = [output.key_wanted() for output in outputs]
        for packet in self._before[1].encode(frame, key=any(wanted)):
            for output in outputs:
                output.show_before(packet)

    def begin(self, stream: StreamInfo) -> str:
        """Opens encoder and outputs."""
        if stream.width % 2 or stream.height % 2:
            size = f"{stream.width}x{stream.height}"
            self.notes.append(f"{size} is odd: the last line or column is left out")
        if stream.rotation:
            self.notes.append(
                f"the pictures lie by {stream.rotation} degrees: a live stream has no "
                "flag that turns them"
            )
        self._live, self._hold = stream.live, not stream.live
        self._encoder, self._before = self._encoder_for(stream), None
        for output in self.outputs:
            output.start(self._audio_for(output))
        return PIXEL_FORMAT

    def _encoder_for(self, stream: StreamInfo) -> LiveEncoder:
        return LiveEncoder(stream, self._encode_options, key_seconds=self._key_seconds)

    def _audio_for(self, output: PacketOutput) -> Audio | None:
        """Returns the audio an output gets; says so where it cannot have any."""
        if self._audio is None or output.carries(self._audio):
            return self._audio
        note = f"{output.name} cannot carry {self._audio}: it goes without audio"
        self.notes.append(note)
        _LOG.warning("sink=%s audio=%r is left out", output.name, str(self._audio))
        return None

    def write(self, frame: Frame) -> None:
        """Encodes one frame and hands it on; a file is played at its own speed."""
        if self._encoder is None:
            raise SinkError("the live sink is not open")
        if not self._live:
            self._pace(float(frame.pts * frame.time_base))
        wanted = [output.key_wanted() for output in self.outputs]
        if self.tap is not None:
            wanted.append(self.tap.key_wanted())
        for packet in self._encoder.encode(frame, key=any(wanted)):
            self._send_audio(self._waiting.before(packet.pts))
            if self._file_audio is not None:
                self._send_audio(self._file_audio.beside(frame))
            self._send(packet)
            self._send_audio(self._waiting.lead(packet.pts))
            if self._hold:
                self._await_servers(packet)

    def _await_servers(self, first: Encoded) -> None:
        """Holds a file at its first picture until somebody takes it."""
        for output in self._delivering():
            if not output.await_server(first):
                raise SinkError(f"{output.name}: {_why_not(output)}; nothing was sent")
        self._begun, self._hold = None, False

    def _delivering(self) -> list[Delivers]:
        return [output for output in self.outputs if isinstance(output, Delivers)]

    def carries(self, audio: Audio) -> bool:
        """Whether audio of this kind can go to every output."""
        return all(output.carries(audio) for output in self.outputs)

    def accompany(self, audio: FileAudio) -> None:
        """Says before `begin` which file's audio goes beside its pictures."""
        self._file_audio = audio
        self.expect_audio(audio.audio)

    def expect_audio(self, audio: Audio) -> None:
        """Says before `begin` which audio will come."""
        self._audio = audio

    def take_audio(self, packet: AudioPacket) -> None:
        """Keeps a packet for the picture of its time; from any thread."""
        if self._encoder is not None and self._audio is not None:
            self._waiting.put(packet)

    def _send_audio(self, packets: Sequence[AudioPacket]) -> None:
        for packet in packets:
            self.audio_packets += 1
            self._send(Encoded(packet.data, packet.pts, key=False, audio=True))

    def _send(self, packet: Encoded) -> None:
        for output in self.outputs:
            output.send(packet)
        if self.tap is not None:
            self.tap.send(packet)

    def _pace(self, time_seconds: float) -> None:
        if self._begun is None:
            self._begun = self._now() - time_seconds
        early = self._begun + time_seconds - self._now()
        if early > 0:
            self._sleep(early)

    def finish(self, *, whole: bool) -> None:
        """Completes the outputs.

        Raises:
            SinkError: Nothing arrived at the other end of one.
            UndeliveredError: Of a file, not all arrived.
        """
        delivering = self._delivering()
        if self._file_audio is not None and self._encoder is not None:
            self._send_audio(self._file_audio.rest())
        for output in delivering:
            output.drain()
        self._tell_silent()
        self.close()
        for output in delivering:
            lost = output.sent - output.arrived
            if output.sent and not output.arrived:
                raise SinkError(f"{output.name}: {_why_not(output)}; nothing arrived")
            if lost and not self._live:
                raise UndeliveredError(
                    f"{output.name}: {lost} of {output.sent} packets did not arrive"
                )

    def _tell_silent(self) -> None:
        """Says which servers took no audio; what none took was not copied."""
        silent = [status.name for status in self.statuses if status.silent]
        self.notes += [f"{name} refuses the audio: it went without" for name in silent]
        if silent and len(silent) == len(self.outputs):
            self.audio_packets = 0

    def close(self) -> None:
        """Closes the outputs, all of them; may be called twice."""
        self._encoder = None
        self._waiting.stop()
        with ExitStack() as stack:
            if self._file_audio is not None:
                stack.callback(self._file_audio.close)
            for output in self.outputs:
                stack.callback(output.close)


def _info_of(frame: Frame) -> StreamInfo:
    """Returns what an encoder must know of a picture that is drawn."""
    picture = frame.picture
    return StreamInfo(
        width=picture.width,
        height=picture.height,
        pixel_format=picture.format.name,
        time_base=frame.time_base,
        colour=frame.colour,
        live=True,
    )


def _why_not(output: Delivers) -> str:
    """Returns in a few words why an output takes nothing."""
    return output.error or "no server takes the stream"
