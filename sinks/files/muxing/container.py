"""The container of a video file: whether a path can be one, and how it is opened.

MP4 and MOV are `hybrid_fragmented`: half-second fragments on disk while they are
written, an ordinary file once they are closed.
"""

import os
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import FFmpegError

from sinks.encoding.encoders import CODECS_OF, ENCODERS
from sinks.encoding.options import EncodeOptions
from sinks.errors import SinkError
from sinks.files.muxing.unbuffered_file import UnbufferedFile
from sinks.files.place import check_folder
from sources.container.media import open_media

MP4_SUFFIXES = frozenset({".mp4", ".m4v", ".mov"})
_MUXERS = {".webm": "webm", ".mkv": "matroska", ".mov": "mov"}
_ALWAYS = {"flush_packets": "1", "max_interleave_delta": "500000"}
_MP4 = {
    "movflags": "+hybrid_fragmented+frag_keyframe+delay_moov",
    "frag_duration": "500000",
}
"""Without `delay_moov` fragments have no edit list: the start would move by the delay
of the B frames (67 ms at 30 fps), and a start other than zero would be lost."""
_MATROSKA = {"cluster_time_limit": "500", "avoid_negative_ts": "disabled"}
"""Else the priming of AAC, 21 ms before zero, would move all pictures by 21 ms."""


def check_target(path: Path, encode: EncodeOptions) -> None:
    """Checks that a video can be written to `path` as asked.

    Raises:
        SinkError: It cannot: no such container, codec, quality or folder.
    """
    suffix, codec = path.suffix.lower(), encode.codec
    if suffix not in CODECS_OF:
        kinds = " ".join(CODECS_OF)
        raise SinkError(f"{path.name}: no video container has this suffix ({kinds})")
    if codec != "auto" and codec not in CODECS_OF[suffix]:
        codecs = ", ".join(CODECS_OF[suffix])
        raise SinkError(f"{suffix} does not hold {codec!r} here; choose from {codecs}")
    first = CODECS_OF[suffix][0] if codec == "auto" else codec
    check_quality(first, encode.quality)
    check_preset(first, encode.preset)
    if path.is_dir():
        raise SinkError(f"{path} is a folder")
    if not path.exists():
        check_folder(path.parent)
    elif not os.access(path, os.W_OK):
        raise SinkError(f"{path}: writing is not permitted")


def check_quality(codec: str, quality: int | None) -> None:
    """Checks that the encoder of `codec` knows `quality`.

    Raises:
        SinkError: It is out of its range.
    """
    best, worst = ENCODERS[codec].best_and_worst
    if quality is not None and not best <= quality <= worst:
        raise SinkError(f"quality of {codec} is {best} to {worst}, got {quality}")


def check_preset(codec: str, preset: str | None) -> None:
    """Checks that the encoder of `codec` knows `preset`.

    Raises:
        SinkError: It does not.
    """
    known = ENCODERS[codec].presets
    if preset is not None and preset not in known:
        words = f"{known[0]} to {known[-1]}" if known[0].isdigit() else ", ".join(known)
        raise SinkError(f"preset of {codec} is {words}; got {preset!r}")


def open_container(
    path: Path,
    time_base: Fraction,
    file: UnbufferedFile | None = None,
    *,
    own_tags: bool = False,
) -> OutputContainer:
    """Opens a container for pictures with times in `time_base` seconds.

    With `own_tags` MP4 and MOV take tags of any name, in the place (`mdta`) where fewer
    players look. It is written to `file`, if given, which whoever made it closes; else
    to `path`.
    """
    suffix = path.suffix.lower()
    matroska = suffix in {".mkv", ".webm"}
    exact_start = {"movie_timescale": str(_fine(time_base.denominator))}
    own = {} if matroska else {**_MP4, **exact_start}
    if own_tags and not matroska:
        own["movflags"] += "+use_metadata_tags"
    muxer = _MUXERS.get(suffix, "mp4")
    target = str(path.absolute())  # else FFmpeg takes 12:30.mp4 for a protocol
    options = {**muxing_options(muxer), **own}
    return av.open(file or target, "w", format=muxer, options=options)


def muxing_options(muxer: str) -> dict[str, str]:
    """Returns what holds wherever this muxer, by FFmpeg's name, writes to."""
    return {**_ALWAYS, **(_MATROSKA if muxer in {"matroska", "webm"} else {})}


def plays(path: Path) -> bool:
    """Returns whether a player finds a video in a file."""
    try:
        with open_media(path) as container:
            return bool(container.streams.video)
    except (FFmpegError, OSError):
        return False


def _fine(ticks: int) -> int:
    """Returns a multiple of `ticks` in a second that is at least 10000.

    The muxer does the same for the track; the movie's start must be as exact.
    """
    while ticks < 10_000:
        ticks *= 2
    return ticks


def reason_of(error: FFmpegError | OSError) -> str:
    """Returns the error in few words."""
    return error.strerror or type(error).__name__
