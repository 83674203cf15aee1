"""Where between the luma samples the chroma samples lie, from the stream's headers.

PyAV 18 hands this value on to nobody. FFmpeg's bit stream filter `trace_headers`
prints every field of the headers, so the field is read from what it prints.
"""

import re

import av.logging
from av.bitstream import BitStreamFilterContext
from av.error import FFmpegError
from av.video.stream import VideoStream

from sources.colour import chroma_location_by_codec

_AV1_PLACES = {1: 1, 2: 3}
"""AV1 counts 1 left, 2 top left; FFmpeg 1 left, 3 top left."""


def chroma_location(stream: VideoStream) -> int:
    """Returns FFmpeg's integer for the place of the chroma samples; 0 if unsaid."""
    context = stream.codec_context
    if place := chroma_location_by_codec(context.name, context.pix_fmt or ""):
        return place
    text = _headers(stream)
    found = re.search(r"chroma_sample_loc_type_top_field\s.*= (\d+)", text)
    if found:
        return int(found[1]) + 1
    found = re.search(r"chroma_sample_position\s.*= (\d+)", text)
    return _AV1_PLACES.get(int(found[1]), 0) if found else 0


def _headers(stream: VideoStream) -> str:
    if stream.codec_context.name not in {"h264", "hevc", "av1", "libdav1d"}:
        return ""
    before = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        with av.logging.Capture() as lines:
            BitStreamFilterContext("trace_headers", in_stream=stream)
    except (FFmpegError, ValueError):
        return ""
    finally:
        av.logging.set_level(before)
    return "\n".join(message.strip() for _, _, message in lines)
