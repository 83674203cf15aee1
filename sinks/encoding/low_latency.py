"""Encodes for viewers who wait: no delay, and a key frame whenever one is asked for.

Else one comes every two seconds of the pictures' own time, however few they are:
counted in pictures they are far apart where a camera or the network is slow.
"""

from fractions import Fraction

from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.errors import SinkError
from sinks.packets import TIME_BASE, Encoded
from sources.frame import Frame, StreamInfo

PIXEL_FORMAT = "yuv420p"
QUALITY = 23
KEY_SECONDS = 2.0
_EARLY_SECONDS = 0.02
"""Times jitter: what comes a little early is not put off to the next picture."""
_NEVER = 1 << 24
"""Pictures between two key frames that x264 sets by itself."""
_ONE_THREAD_PIXELS = 1920 * 1088


class LiveEncoder:
    """x264 without look-ahead; parameter sets stand before each key frame."""

    name = "libx264"

    def __init__(
        self,
        stream: StreamInfo,
        encode: EncodeOptions = DEFAULT_ENCODING,
        *,
        key_seconds: float = KEY_SECONDS,
    ) -> None:
        """Opens the encoder.

        Args:
            stream: Size, colour and rate of what will come.
            encode: CRF, 23 if it says none; and x264's preset, by itself `superfast`:
                7 ms of one core for 720p.
            key_seconds: Most time between two key frames.

        Raises:
            SinkError: The size cannot be encoded.
        """
        context = self._context = _context(self.name, stream, encode)
        try:
            context.open()  # with the first picture it would make that one late
        except FFmpegError as error:
            raise SinkError(f"{self.name}: {error.strerror}") from None
        self._last_key: int | None = None
        self._key_ticks = round((key_seconds - _EARLY_SECONDS) / TIME_BASE)

    def encode(self, frame: Frame, *, key: bool) -> list[Encoded]:
        """Encodes one frame; `key`, or enough time without, makes it a key frame.

        Raises:
            SinkError: The encoder failed.
        """
        picture = frame.picture
        picture.pts = round(frame.pts * frame.time_base / TIME_BASE)
        picture.time_base = TIME_BASE
        last = self._last_key
        key = key or last is None or picture.pts - last >= self._key_ticks
        picture.pict_type = PictureType.I if key else PictureType.NONE
        if key:
            self._last_key = picture.pts
        try:
            packets = self._context.encode(picture)
        except FFmpegError as error:
            raise SinkError(f"{self.name}: {error.strerror}") from None
        return [
            Encoded(bytes(packet), packet.pts or 0, packet.is_keyframe)
            for packet in packets
        ]


def _context(name: str, stream: StreamInfo, encode: EncodeOptions) -> VideoCodecContext:
    """Returns x264, not yet open, set for pictures that leave one by one."""
    context = CodecContext.create(name, "w")
    if not isinstance(context, VideoCodecContext):  # for the type checker
        raise TypeError(name)
    context.width, context.height = stream.width & ~1, stream.height & ~1
    context.pix_fmt = PIXEL_FORMAT
    context.time_base = TIME_BASE
    context.framerate = stream.frame_rate or Fraction(25)
    context.gop_size = _NEVER
    context.colorspace = stream.colour.matrix
    context.color_range = stream.colour.full_range
    context.color_primaries = stream.colour.primaries
    context.color_trc = stream.colour.transfer
    if stream.width * stream.height <= _ONE_THREAD_PIXELS:
        context.thread_count = 1  # more threads cut the picture into slices
    context.options = {
        "preset": encode.preset or "superfast",
        "tune": "zerolatency",
        "crf": str(QUALITY if encode.quality is None else encode.quality),
        "forced-idr": "1",
        "sc_threshold": "0",
    }
    return context
