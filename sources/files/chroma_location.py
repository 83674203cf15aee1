"""Where between the luma samples the chroma samples lie, from headers and containers.

PyAV 18 hands this value on to nobody. FFmpeg's bit stream filter `trace_headers`
prints every field of the headers, so the field is read from what it prints. Codecs
without such a field leave it to the container: Y4M names it in its first line, Matroska
in the colours of a track.
"""

import re
from pathlib import Path

from av.bitstream import BitStreamFilterContext
from av.error import FFmpegError
from av.video.stream import VideoStream

from sources.colour import chroma_location_by_codec
from sources.container.ffmpeg_log import listened
from sources.container.parsers.ebml import tracks

_AV1_PLACES = {1: 1, 2: 3}
"""AV1 counts 1 left, 2 top left; FFmpeg 1 left, 3 top left."""
_WITH_HEADERS = frozenset({"h264", "hevc", "av1", "libdav1d"})
_Y4M = b"YUV4MPEG2 "
_Y4M_PLACES = {b"420jpeg": 2, b"420": 2, b"420mpeg2": 1, b"420paldv": 3}
"""FFmpeg's numbers; of plain 420 its demuxer says centre, too."""
_Y4M_LINE = 256
_MATROSKA = b"\x1a\x45\xdf\xa3"
_TYPE, _ACROSS, _DOWN = 0x83, 0x55B7, 0x55B8
_VIDEO = b"\x01"
_SIDE, _MIDDLE = 1, 2
_MATROSKA_PLACES = {
    (_SIDE, _MIDDLE): 1,
    (_MIDDLE, _MIDDLE): 2,
    (_SIDE, _SIDE): 3,
    (_MIDDLE, _SIDE): 4,
}
"""Horizontal and vertical siting (RFC 9559, 5.1.4.1.28.21): 1 at the luma sample of the
left column or upper row, 2 half-way."""


def chroma_location(stream: VideoStream, path: Path | None = None) -> int:
    """Returns FFmpeg's integer for the place of the chroma samples; 0 if unsaid.

    Args:
        stream: As opened.
        path: The file that it is in; None where there is no file to look into.
    """
    context = stream.codec_context
    if place := chroma_location_by_codec(context.name, context.pix_fmt or ""):
        return place
    if context.name in _WITH_HEADERS:
        return _in_headers(stream)
    if path is None or "420" not in (context.pix_fmt or ""):
        return 0
    return _in_container(path, stream)


def _in_headers(stream: VideoStream) -> int:
    text = _headers(stream)
    found = re.search(r"chroma_sample_loc_type_top_field\s.*= (\d+)", text)
    if found:
        return int(found[1]) + 1
    found = re.search(r"chroma_sample_position\s.*= (\d+)", text)
    return _AV1_PLACES.get(int(found[1]), 0) if found else 0


def _headers(stream: VideoStream) -> str:
    try:
        with listened() as lines:
            BitStreamFilterContext("trace_headers", in_stream=stream)
    except (FFmpegError, ValueError):
        return ""
    return "\n".join(message.strip() for _, _, message in lines)


def _in_container(path: Path, stream: VideoStream) -> int:
    with path.open("rb") as file:
        head = file.read(_Y4M_LINE)
        if head.startswith(_Y4M):
            words = head.partition(b"\n")[0].split()
            kinds = [word[1:] for word in words if word.startswith(b"C")]
            return _Y4M_PLACES.get(kinds[0], 0) if kinds else 0
        if not head.startswith(_MATROSKA):
            return 0
        videos = [
            track
            for track in tracks(file, path.stat().st_size)
            if track.get(_TYPE) == _VIDEO
        ]
    place = stream.container.streams.video.index(stream)
    track = videos[place] if place < len(videos) else {}
    across, down = (
        int.from_bytes(track.get(number, b""), "big") for number in (_ACROSS, _DOWN)
    )
    return _MATROSKA_PLACES.get((across, down), 0)
