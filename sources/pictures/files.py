"""Picture files by their names, and their pixels as RGB: for whoever reads pictures.

OpenCV and FFmpeg fill the missing part of a cut picture with grey or black and say
nothing, so a file is looked at before it is decoded.
"""

import re
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from sources.errors import SourceError
from sources.pictures.tiff import is_tiff
from sources.pictures.tiff_tags import tiff_is_whole

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}
)
_JPEG, _PNG, _RIFF = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF"
_BMP = b"BM"
_SCAN, _JPEG_END = 0xDA, b"\xff\xd9"


def is_picture(path: Path) -> bool:
    """Says by its name whether a file is a picture; hidden files are not."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def natural_key(path: Path) -> tuple[tuple[str | int, ...], str]:
    """Returns a sort key that reads the digits of a name as numbers: 2 before 10."""
    parts = re.split(r"([0-9]+)", path.name.lower())
    read = tuple(int(part) if i % 2 else part for i, part in enumerate(parts))
    return read, path.name


def is_animated_webp(data: bytes) -> bool:
    """Whether a file is one (VP8X's second flag); FFmpeg reads only still ones."""
    extended = data[:4] + data[8:16] == b"RIFFWEBPVP8X" and len(data) > 20
    return extended and data[20] & 2 > 0


def picture_bytes(path: Path) -> bytes:
    """Returns the whole file of a picture.

    Raises:
        SourceError: It is missing, may not be read, is empty or cut short.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}.") from None
    if not data:
        raise SourceError(f"{path} is empty.")
    if not _is_whole(data):
        raise SourceError(f"{path} is cut short.")
    return data


def read_rgb(path: Path, *, exif: bool = False) -> npt.NDArray[np.uint8]:
    """Returns the picture as uint8 RGB [height, width, 3].

    Args:
        path: The file.
        exif: Whether the turn that the camera noted is obeyed; MATLAB does not.

    Raises:
        SourceError: The file is missing, cut short or no picture.
    """
    data = np.frombuffer(picture_bytes(path), np.uint8)
    flags = cv2.IMREAD_COLOR | (0 if exif else cv2.IMREAD_IGNORE_ORIENTATION)
    decoded = cv2.imdecode(data, flags)
    if decoded is None:
        raise SourceError(f"{path} cannot be read as a picture.")
    return np.ascontiguousarray(decoded[..., ::-1]).astype(np.uint8, copy=False)


def _is_whole(data: bytes) -> bool:
    if data.startswith(_JPEG):
        return _jpeg_ends(data)
    if data.startswith(_RIFF):
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    if is_tiff(data):
        return tiff_is_whole(data)
    if data.startswith(_BMP):
        return len(data) >= int.from_bytes(data[2:6], "little")
    return _png_ends(data) if data.startswith(_PNG) else True


def _jpeg_ends(data: bytes) -> bool:
    """Looks for the end behind the header: a thumbnail in it has an end of its own."""
    place = len(_JPEG)
    while place + 4 <= len(data) and data[place] == _JPEG_END[0]:
        if data[place + 1] == _SCAN:
            return data.find(_JPEG_END, place) >= 0
        if data[place + 1] == _JPEG_END[0]:  # a filling byte
            place += 1
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return False


def _png_ends(data: bytes) -> bool:
    place = len(_PNG)
    while place + 8 <= len(data):
        if data[place + 4 : place + 8] == b"IEND":
            return True
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    return False


def is_pattern(name: str) -> bool:
    """Tells whether a file's name has a field such as `%06d` or `%d`.

    A percent sign alone makes none: `out%20day.png` is a file.
    """
    return re.search(r"%(0\d+)?d", name) is not None
