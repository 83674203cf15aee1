"""Opens media files for reading, with PyAV 18 and 19 alike.

Bytes of tags that are no UTF-8 come as surrogates; `sources.container.tags` makes them
readable.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.error import EOFError as EndOfFileError
from av.error import InvalidDataError
from av.stream import Stream
from av.video.stream import VideoStream

from sources.container.parsers.mp4_boxes import is_fragmented

_MAJOR = int(av.__version__.split(".")[0])
_ERRORS: dict[str, Any] = {} if _MAJOR >= 19 else {"metadata_errors": "surrogateescape"}
"""PyAV 19 knows no such argument, and always does so."""


_LONGER_LOOK = {"analyzeduration": "120000000", "probesize": "100000000"}
"""Microseconds and bytes; FFmpeg's first look is at 5 s and 5 MB."""

_AS_IT_COMES = {"fflags": "+ignidx"}
"""Fragments are read when their turn comes, and not all of their heads at once."""


def open_path(path: Path, hwaccel: HWAccel | None = None) -> InputContainer:
    """Opens a file, and looks longer where a stream begins later than FFmpeg looks.

    Raises:
        FFmpegError: It cannot be opened.
        OSError: It is not there, or may not be read.
    """
    options: dict[str, str] = {}
    try:
        container = open_media(path, hwaccel=hwaccel)
    except (InvalidDataError, EndOfFileError):
        # The last head of a recording that broke off would cost all pictures before it.
        if not is_fragmented(path):
            raise
        options = _AS_IT_COMES
        container = open_media(path, hwaccel=hwaccel, options=options)
    if all(map(_is_known, container.streams)):
        return container
    container.close()
    return open_media(path, hwaccel=hwaccel, options=options | _LONGER_LOOK)


def _is_known(stream: Stream) -> bool:
    if isinstance(stream, VideoStream):
        return stream.codec_context is not None and stream.codec_context.width > 0
    if isinstance(stream, AudioStream):
        context = stream.codec_context
        return context is not None and context.sample_rate > 0
    return True


def open_media(
    source: Path | str,
    *,
    options: Mapping[str, str] | None = None,
    hwaccel: HWAccel | None = None,
    timeout: tuple[float, float] | None = None,
) -> InputContainer:
    """Opens a file by its path, or an address, for reading.

    Raises:
        FFmpegError: It cannot be opened.
        OSError: It is not there, or may not be read.
    """
    # A bare 12:30.mp4 would ask FFmpeg for a protocol named 12.
    name = os.fspath(source.absolute()) if isinstance(source, Path) else source
    return av.open(
        name,
        options=dict(options or {}),
        hwaccel=hwaccel,
        timeout=timeout,
        **_ERRORS,
    )
