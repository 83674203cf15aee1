"""Reads clips frame by frame as uint8 RGB, from files, folders of pictures and URIs."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from evaluation.pictures import picture_files, read_picture, sha256_of
from sources import SourceError, open_source
from sources.colour import StreamConversion, ToRgb


def frames_of(uri: str) -> Iterator[RgbArray]:
    """Yields the frames of a clip, uint8 RGB [height, width, 3].

    Pictures of a folder are read exactly as those of a set; a video's frames are
    converted as a run converts them for the network, and are not turned.

    Raises:
        EvaluationError: It cannot be opened, or breaks off.
    """
    if Path(uri).is_dir():
        for path in picture_files(Path(uri)):
            yield read_picture(path)
        return
    try:
        with closing(open_source(uri)) as source:
            to_rgb, conversion = ToRgb(), StreamConversion()
            for frame in source:
                height, width = frame.picture.height, frame.picture.width
                rgb: RgbArray = np.empty((height, width, 3), np.uint8)
                to_rgb(frame.picture, conversion.of(frame.colour, height), rgb)
                yield rgb
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
