"""Reads clips frame by frame as uint8 RGB, from files, folders of pictures and URIs."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from evaluation.pictures import picture_files, read_picture, sha256_of
from sources import Frame, SourceError, open_source

_MATRIX = {1: Colorspace.ITU709, 5: Colorspace.ITU624, 6: Colorspace.SMPTE170M}
_HD = 576


def frames_of(uri: str) -> Iterator[RgbArray]:
    """Yields the frames of a clip, uint8 RGB [height, width, 3].

    Pictures of a folder are read exactly as those of a set; a video's frames are
    converted with their own matrix and range, and are not turned.

    Raises:
        EvaluationError: It cannot be opened, or breaks off.
    """
    if Path(uri).is_dir():
        for path in picture_files(Path(uri)):
            yield read_picture(path)
        return
    try:
        with closing(open_source(uri)) as source:
            for frame in source:
                yield _rgb(frame)
    except SourceError as error:
        raise EvaluationError(str(error)) from error


def frame_count(uri: str) -> int | None:
    """Returns how many frames a clip is said to have; None when nobody knows."""
    if Path(uri).is_dir():
        return len(picture_files(Path(uri)))
    try:
        with closing(open_source(uri)) as source:
            return source.info.frames
    except SourceError as error:
        raise EvaluationError(str(error)) from error


def clip_hash(uri: str) -> str | None:
    """Returns a hash of the clip's content; None for what is not on disk."""
    path = Path(uri)
    if path.is_file():
        return sha256_of(path)
    if not path.is_dir():
        return None
    total = hashlib.sha256()
    for picture in picture_files(path):
        total.update(f"{picture.name} {sha256_of(picture)}\n".encode())
    return total.hexdigest()


def _rgb(frame: Frame) -> RgbArray:
    picture, colour = frame.picture, frame.colour
    if picture.format.is_rgb:
        return np.asarray(picture.to_ndarray(format="rgb24"))
    # Not said: BT.709 for HD, BT.601 below, as players assume.
    unsaid = Colorspace.ITU709 if picture.height > _HD else Colorspace.SMPTE170M
    full = colour.full_range == 2 or picture.format.name.startswith("yuvj")
    packed = picture.reformat(
        format="rgb24",
        src_colorspace=_MATRIX.get(colour.matrix, unsaid),
        dst_colorspace=_MATRIX.get(colour.matrix, unsaid),
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.asarray(packed.to_ndarray())
