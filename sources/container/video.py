"""The best video stream of a file: opened, and what the container says of it."""

import os
from fractions import Fraction
from pathlib import Path

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from sources.container.media import open_path
from sources.container.parsers.mp4_boxes import boxes
from sources.errors import SourceError
from sources.frame import Colour, StreamInfo
from sources.orientation import orientation_of
from sources.side_data import side_data_of

_SECONDS = Fraction(1, av.time_base)


def open_file(path: Path, hwaccel: HWAccel | None = None) -> InputContainer:
    """Opens a file for reading.

    Raises:
        SourceError: It is missing or unreadable.
    """
    if path.is_fifo():  # it is read more than once, and would wait for ever
        raise SourceError(
            f"{path} is a pipe; only a file can be read here, or - with the pipe as "
            "standard input."
        )
    try:
        return open_path(path, hwaccel)
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file.") from None
    except (FFmpegError, OSError) as error:
        reason = _lacks(path) or error.strerror or type(error).__name__
        raise SourceError(f"{path} cannot be read as video: {reason}.") from None


def _lacks(path: Path) -> str:
    """Returns what a file lacks that FFmpeg calls invalid; empty if that is unknown."""
    if not path.is_file() or not os.access(path, os.R_OK):
        return ""
    end = path.stat().st_size
    if not end:
        return "the file is empty"
    with path.open("rb") as file:
        kinds = [box.kind for box in boxes(file, 0, end)]
    if kinds[:1] != ["ftyp"] or "moov" in kinds:
        return ""
    return (
        "its index (moov) is missing, which cameras write last: the recording or its "
        "copy broke off before. A program such as untrunc can make one"
    )


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """Returns the best video stream; closes the container if there is none.

    Raises:
        SourceError: There is none.
    """
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        kinds = ", ".join(s.type for s in container.streams) or "nothing"
        container.close()
        raise SourceError(f"{path} holds no video, only {kinds}.")
    if stream.disposition & Disposition.attached_pic:
        container.close()
        raise SourceError(f"{path} holds no video, only a cover picture.")
    if stream.codec_context is None:
        container.close()
        raise SourceError(f"{path}: FFmpeg does not know the codec of its video.")
    if not stream.codec_context.width:
        container.close()
        raise SourceError(f"{path}: the video stream has no picture size; is it cut?")
    return stream


def announced(
    container: InputContainer, stream: VideoStream, chroma: int
) -> StreamInfo:
    """Returns what the container says of its video, before a picture is decoded.

    Args:
        container: That holds it.
        stream: The video.
        chroma: Where chroma lies, by FFmpeg's number.
    """
    context = stream.codec_context
    rates = [rate for rate in (stream.average_rate, stream.guessed_rate) if rate]
    rate = min(rates, default=None)  # the other may be the ticks of a clock
    duration = track_seconds(stream)
    if duration is None and container.duration:
        duration = float(container.duration * _SECONDS)
    return StreamInfo(
        width=context.width,
        height=context.height,
        pixel_format=context.pix_fmt or "yuv420p",
        time_base=stream.time_base or Fraction(1, 90000),
        colour=Colour(
            matrix=int(context.colorspace),
            full_range=int(context.color_range),
            primaries=int(context.color_primaries),
            transfer=int(context.color_trc),
            chroma_location=chroma,
        ),
        frame_rate=Fraction(rate) if rate else None,
        frames=stream.frames or (round(duration * rate) if duration and rate else None),
        duration=duration,
        decoder=context.name,
        pixel_aspect=stream.sample_aspect_ratio or None,
    )


def track_seconds(stream: VideoStream) -> float | None:
    """Returns how long the track says it lasts; Matroska writes it as a tag."""
    if stream.duration and stream.time_base:
        return float(stream.duration * Fraction(stream.time_base))
    try:
        hours, minutes, seconds = stream.metadata["DURATION"].split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except (KeyError, ValueError):
        return None


def rotation_of(picture: av.VideoFrame, stream: VideoStream) -> int:
    """Returns the counter-clockwise turn for showing, in degrees."""
    side_data = side_data_of(picture, stream.codec_context.name)
    return orientation_of(picture, side_data)[0]
