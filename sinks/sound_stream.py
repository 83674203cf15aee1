"""A stream of sound in a container, for packets that are encoded already."""

from collections.abc import Iterator

from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from sinks.packets import TIME_BASE
from sources.sound import Sound

_G711 = frozenset({"pcm_alaw", "pcm_mulaw"})
_CARRIED = {
    "mp4": {"aac", "opus"},
    "mov": {"aac", *_G711},
    "matroska": {"aac", "opus"},
    "webm": {"opus"},
    "mpegts": {"aac", "opus"},
    "hls": {"aac"},
    "flv": {"aac", *_G711},
    "rtsp": {"aac", "opus", *_G711},
    "serve": {"aac", "opus", *_G711},
}
"""What players understand. FFmpeg writes Opus into FLV, but only the newest servers
read it; it writes G.711 into MPEG-TS as data that nobody reads, and PyAV refuses it
for Matroska."""
_TELEPHONE_ONLY = frozenset({"flv", "serve"})
"""Where G.711 has no field for any other rate than 8000 Hz."""
_ENCODERS = {"opus": "libopus"}
_SILENCE = {"pcm_alaw": b"\xd5", "pcm_mulaw": b"\xff"}
_SLACK_SECONDS = 0.03


def carries(container: str, sound: Sound) -> bool:
    """Whether `container` (FFmpeg's name of a muxer, or `serve`) holds `sound`."""
    if sound.codec not in _CARRIED.get(container, ()):
        return False
    telephone = sound.rate == 8000 and sound.layout == "mono"
    if container in _TELEPHONE_ONLY and sound.codec in _G711 and not telephone:
        return False
    return container != "serve" or sound.layout in {"mono", "stereo"}


class SoundTrack:
    """The stream, once it is added; times always rise."""

    def __init__(self, container: OutputContainer, sound: Sound) -> None:
        """Adds the stream as its encoder would; call it before the head is written.

        An encoder of the same codec, rate and layout makes the same head, and PyAV
        offers no other way to one without a file to copy it from.
        """
        name = _ENCODERS.get(sound.codec, sound.codec)
        stream = container.add_stream(name, rate=sound.rate, layout=sound.layout)
        if not isinstance(stream, AudioStream):  # for the type checker: it is one
            raise TypeError(name)
        stream.codec_context.open()
        if sound.config:
            stream.codec_context.extradata = bytes.fromhex(sound.config)
        self._container, self._stream = container, stream
        self._last = -1
        counted = container.format.name == "mov" and sound.codec in _SILENCE
        self._count = SampleCount(sound) if counted else None

    def put(self, data: bytes, pts: int) -> bool:
        """Writes a packet; one before time zero or out of order is left out.

        Args:
            data: Of one packet.
            pts: In 1/90000 s.
        """
        if pts <= self._last:
            return False
        self._last = pts
        parts = self._count.fitted(data, pts) if self._count else [(pts, data)]
        for start, part in parts:
            self._mux(part, start)
        return True

    def _mux(self, data: bytes, pts: int) -> None:
        packet = Packet(data)
        packet.time_base = TIME_BASE
        packet.pts = packet.dts = pts
        packet.is_keyframe = True
        packet.stream = self._stream
        self._container.mux(packet)


class SampleCount:
    """Fits G.711 into MOV, where a sample's number alone says its time.

    A camera that was away for a minute leaves a minute of silence, and one whose clock
    is slow or fast some samples more or less.
    """

    def __init__(self, sound: Sound) -> None:
        """Nothing is written yet."""
        self._rate, self._channels = sound.rate, AudioLayout(sound.layout).nb_channels
        self._silence = _SILENCE[sound.codec]
        self._written = 0

    def fitted(self, data: bytes, pts: int) -> Iterator[tuple[int, bytes]]:
        """Yields what to write so that `data` starts at `pts`, each part with its time.

        Times are in 1/90000 s.
        """
        missing = round(pts * TIME_BASE * self._rate) - self._written
        slack = round(_SLACK_SECONDS * self._rate)
        if missing < -slack:
            data = data[-missing * self._channels :]
        while missing > slack:
            some = min(missing, self._rate)
            missing -= some
            yield self._next(self._silence * some * self._channels)
        if data:
            yield self._next(data)

    def _next(self, data: bytes) -> tuple[int, bytes]:
        start = round(self._written / self._rate / TIME_BASE)
        self._written += len(data) // self._channels
        return start, data
