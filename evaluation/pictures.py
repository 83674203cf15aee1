"""Reads pictures for measuring: exact pixels, whole files, no silent turn."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_SCAN, _JPEG_END = 0xDA, b"\xff\xd9"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """Where the pixels of one picture of a set are: a file, or one half of it."""

    path: Path
    half: Literal["", "left", "right"] = ""
    """Which half, for the sets that keep both pictures side by side in one file."""
    exif: bool = False
    """Whether the turn that the camera noted is obeyed."""

    def read(self) -> RgbArray:
        """Returns the picture.

        Raises:
            EvaluationError: As `read_picture`.
        """
        whole = read_picture(self.path, exif=self.exif)
        middle = whole.shape[1] // 2
        halves = {"": whole, "left": whole[:, :middle], "right": whole[:, middle:]}
        return np.ascontiguousarray(halves[self.half])

    def sha256(self) -> str:
        """Returns a hash of the file and of how it is read."""
        return f"{sha256_of(self.path)}{self.half}{'turned' if self.exif else ''}"


def is_picture(path: Path) -> bool:
    """Says by its name whether a file is a picture; hidden files are not."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def picture_files(folder: Path) -> list[Path]:
    """Returns the pictures of a folder, in natural order: 2 before 10."""
    return sorted(filter(is_picture, folder.iterdir()), key=natural_key)


def natural_key(path: Path) -> tuple[str | int, ...]:
    """Returns a sort key that reads the digits of a name as numbers."""
    parts = re.split(r"([0-9]+)", path.name.lower())
    return tuple(int(part) if i % 2 else part for i, part in enumerate(parts))


def read_picture(path: Path, *, exif: bool = False) -> RgbArray:
    """Returns the picture as uint8 RGB [height, width, 3].

    Args:
        path: The file.
        exif: Whether the turn that the camera noted is obeyed; MATLAB does not.

    Raises:
        EvaluationError: The file is missing, cut short or no picture.
    """
    data = read_bytes(path)
    if not _is_whole(data):
        raise EvaluationError(f"{path} is cut short.")
    flags = cv2.IMREAD_COLOR | (0 if exif else cv2.IMREAD_IGNORE_ORIENTATION)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if decoded is None:
        raise EvaluationError(f"{path} cannot be read as a picture.")
    return np.ascontiguousarray(decoded[..., ::-1]).astype(np.uint8, copy=False)


def read_bytes(path: Path) -> bytes:
    """Returns the whole file.

    Raises:
        EvaluationError: It is missing, empty or may not be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}.") from error
    if not data:
        raise EvaluationError(f"{path} is empty.")
    return data


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hex."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def _is_whole(data: bytes) -> bool:
    # OpenCV fills the missing half of a cut picture with grey and says nothing.
    if data.startswith(_JPEG):
        return _jpeg_ends(data)
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
