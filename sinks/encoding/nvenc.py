"""Encoding on an NVIDIA GPU: whether this card can, found out by trying.

Data centre cards such as A100, H100 and H200 decode but do not encode. Pictures go to
the encoder from the host's memory, as planes; FFmpeg brings them to the card.
"""

import io
from dataclasses import replace
from fractions import Fraction
from functools import cache

import av
from av.error import FFmpegError
from av.video.stream import VideoStream

from sinks.encoding.encoders import Encoder, Sampling

_H264 = Encoder(
    name="h264_nvenc",
    preset_option="preset",
    preset="p5",
    presets=tuple(f"p{number}" for number in range(1, 8)),
    quality=20,
    best_and_worst=(0, 51),
    quality_option="cq",
    options={"rc": "vbr", "b": "0"},
)
_VAGUE = "Generic error in an external library"
"""What FFmpeg says of a card without an encoder, as an H100 did."""
NVENC = {"h264": _H264, "hevc": replace(_H264, name="hevc_nvenc", quality=22)}
"""The encoders of the card that stand for those of the CPU, by codec."""


@cache
def why_not(encoder: str) -> str:
    """Returns why an encoder does not work on this machine, or nothing."""
    try:
        two_pictures(encoder)
    except (FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return explained(str(reason).strip().splitlines()[0])
    return ""


def explained(reason: str) -> str:
    """Returns FFmpeg's reason, with what it may mean where that is vague."""
    if reason != _VAGUE:
        return reason
    return f"{reason} (A100, H100 and H200 have no encoder)"


def on_card(
    codec: str, encoder: Encoder, sampling: Sampling
) -> tuple[Encoder, list[str]]:
    """Returns the card's encoder, or the CPU's with a line that says why.

    Every form but 8 bits in 4:2:0 stays on the CPU.
    """
    card = NVENC.get(codec)
    if card is None or sampling != Sampling("420", 8):
        return encoder, []
    if reason := why_not(card.name):
        note = f"{encoder.name} encodes on the CPU: {card.name} says: {reason}"
        return encoder, [note]
    return card, []


_FOR_A_TRIAL = {
    "libx265": {"x265-params": "log-level=none"},
    "libsvtav1": {"preset": "12"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
"""Of encoders that are slow or talk: `derain doctor` only asks whether they work."""


def two_pictures(encoder: str) -> bytes:
    """Returns a clip of two small pictures as Matroska."""
    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as output:
        options = _FOR_A_TRIAL.get(encoder, {})
        stream = output.add_stream(encoder, rate=Fraction(25), options=options)
        if not isinstance(stream, VideoStream):
            raise ValueError(f"{encoder} is no video encoder")  # noqa: TRY004
        stream.width, stream.height, stream.pix_fmt = 256, 256, "yuv420p"
        for pts in range(2):
            frame = av.VideoFrame(256, 256, "yuv420p")
            frame.pts = pts
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return data.getvalue()
