"""Packets of a codec as they are, in no container."""

from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext


def raw_packets(codec: str, options: dict[str, str], pictures: int) -> list[bytes]:
    """Returns even grey pictures of 160x96, 25 a second, as `codec` encodes them."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = 160, 96, "yuv420p"
    context.time_base = Fraction(1, 25)
    context.options = options
    packets = []
    for index in range(pictures):
        picture = av.VideoFrame(160, 96, "yuv420p")
        for plane in picture.planes:
            plane.update(bytes([16 + index * 3 % 200]) * plane.buffer_size)
        picture.pts = index
        packets += context.encode(picture)
    packets += context.encode(None)
    return [bytes(packet) for packet in packets]
