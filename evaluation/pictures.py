"""Reads pictures for measuring: exact pixels, whole files, no silent turn."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from sources.errors import SourceError
from sources.pictures.files import is_picture, natural_key, read_rgb

__all__ = [
    "PictureFile",
    "is_picture",
    "natural_key",
    "picture_files",
    "read_picture",
    "sha256_of",
]


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


def picture_files(folder: Path) -> list[Path]:
    """Returns the pictures of a folder, in natural order: 2 before 10."""
    return sorted(filter(is_picture, folder.iterdir()), key=natural_key)


def read_picture(path: Path, *, exif: bool = False) -> RgbArray:
    """Returns the picture as uint8 RGB [height, width, 3].

    Args:
        path: The file.
        exif: Whether the turn that the camera noted is obeyed; MATLAB does not.

    Raises:
        EvaluationError: The file is missing, cut short or no picture.
    """
    try:
        return read_rgb(path, exif=exif)
    except SourceError as error:
        raise EvaluationError(str(error)) from None


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hex.

    Raises:
        EvaluationError: It is missing, or may not be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise EvaluationError(f"{path}: {error.strerror}.") from error
