"""Pictures as files: one for each frame, or one alone."""

import re
from functools import partial
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from sinks.background_writer import ImmediateWriter, Writer, writer_for
from sinks.encoding.encoders import sampling_of
from sinks.errors import SinkError
from sinks.files.pictures.metadata import with_metadata
from sinks.files.place import check_folder, make_folder, write_whole
from sources.colour import ANY_RGB
from sources.frame import Frame, RgbArray, StreamInfo, rgb_view
from sources.pictures.alpha import Alpha
from sources.pictures.files import PICTURE_SUFFIXES, is_pattern
from sources.pictures.metadata import PictureMetadata
from sources.pictures.notes import notes_by_file

_ALPHA_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".webp"})
"""Those that can hold alpha."""
_STRAIGHT = frozenset({".png", ".webp"})
"""Those that take alpha as not yet multiplied with the colours."""
_DEEP_SUFFIXES = frozenset({".png", ".tif", ".tiff"})
"""Those that can hold 16 bits in a channel."""
_QUALITY = {
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 95],
    ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, 95],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, 101],  # above 100 is OpenCV's word for lossless
    ".png": [cv2.IMWRITE_PNG_COMPRESSION, 3],
}


class PictureFiles:
    """Writes frames as picture files.

    In a folder they keep the names they came with (`rain_12.jpg` stays that), or are
    numbered; a pattern such as `out/%06d.png` numbers them from 0.
    """

    audio_packets = 0
    fixed_size = False
    carries_alpha = True

    def __init__(self, path: Path, *, folder: bool) -> None:
        """Takes a folder (`folder=True`), a pattern with `%06d`, or one file.

        Raises:
            SinkError: The suffix names no picture format, or the folder cannot be made.
        """
        self.notes: list[str] = []
        self._path, self._folder = path, folder
        self._written = 0
        self._lost: dict[str, list[str]] = {}
        self._refused: list[str] = []
        self._disk: Writer = ImmediateWriter()
        check_folder(path if folder else path.parent)
        if not folder and path.suffix.lower() not in PICTURE_SUFFIXES:
            kinds = " ".join(sorted(PICTURE_SUFFIXES))
            raise SinkError(f"{path.name}: no picture format has this suffix ({kinds})")
        self._numbered = not folder and is_pattern(path.name)
        if self._numbered and not re.fullmatch(r"[^%]*%(0\d+)?d[^%]*", path.name):
            raise SinkError(
                f"{path.name}: a pattern has exactly one field such as %06d"
            )

    @property
    def encoder(self) -> str:
        """The suffix of the files; `png` in a folder of frames without names."""
        return "png" if self._folder else self._path.suffix.lstrip(".").lower()

    def begin(self, stream: StreamInfo) -> str:
        """Makes the folder and returns 8 or 16 bit RGB."""
        place = self._path if self._folder else self._path.parent
        make_folder(place)
        suffix = ".png" if self._folder else self._path.suffix.lower()
        deep = sampling_of(stream.pixel_format).depth > 8
        if deep and suffix not in _DEEP_SUFFIXES:
            self.notes.append(f"{suffix} holds 8 bits: the deeper source is rounded")
        self._disk = writer_for(str(place), live=stream.live)
        return ANY_RGB if suffix in _DEEP_SUFFIXES else "rgb24"

    def write(self, frame: Frame) -> None:
        """Writes one file; waits for no disk if the source is live.

        Raises:
            SinkError: The disk is full, or a second frame came for a single file.
        """
        path = self._target(frame)
        try:
            if not self._disk.has_room():
                return
            whole = self._encoded(frame, path)
            if not whole:
                self._refuse(frame, path)
                return
            self._disk.do(partial(write_whole, path, whole), len(whole))
        except OSError as error:
            raise SinkError(f"{path}: {error.strerror}") from None
        self._written += 1

    def _refuse(self, frame: Frame, path: Path) -> None:
        """Remembers a picture that its kind of file cannot hold; others go on."""
        size = f"{frame.picture.width}x{frame.picture.height}"
        told = f"{path}: a picture of {size} cannot be stored as {path.suffix}"
        if not self._folder and not self._numbered:
            raise SinkError(told)
        self._refused.append(told)

    def _encoded(self, frame: Frame, path: Path) -> bytes:
        """Returns the whole file of a picture; empty if the kind cannot hold it."""
        suffix, metadata = path.suffix.lower(), frame.metadata
        pixels: RgbArray = _upright(rgb_view(frame.picture), frame)[:, :, ::-1]
        if frame.alpha is not None:
            pixels = self._with_alpha(pixels, _upright(frame.alpha, frame), path)
        try:
            done, data = cv2.imencode(suffix, pixels, _QUALITY.get(suffix, []))
        except cv2.error:
            return b""
        if not done:
            return b""
        size = pixels.shape[1], pixels.shape[0]
        metadata = metadata or PictureMetadata()
        whole, lost = with_metadata(data.tobytes(), suffix, size, metadata)
        if frame.alpha is not None and metadata.premultiplied and suffix in _STRAIGHT:
            lost.append("that the colours are multiplied by alpha")
        if lost:
            self._lost.setdefault(", ".join(lost), []).append(path.name)
        return whole

    def _with_alpha(self, pixels: RgbArray, alpha: Alpha, path: Path) -> RgbArray:
        if path.suffix.lower() not in _ALPHA_SUFFIXES:
            self._lost.setdefault("transparency", []).append(path.name)
            return pixels
        return cast("RgbArray", np.dstack((pixels, alpha)))

    def _target(self, frame: Frame) -> Path:
        if self._folder:
            name = Path(frame.name)
            known = name.suffix.lower() in PICTURE_SUFFIXES
            deep = frame.picture.format.name == "rgb48le"
            deep = deep and name.suffix.lower() not in _DEEP_SUFFIXES
            if known and not deep:
                return self._path / name
            return self._path / f"{name.stem or format(frame.index, '06d')}.png"
        if self._numbered:
            return self._path.with_name(self._path.name % frame.index)
        if self._written:
            raise SinkError(
                f"{self._path} is one picture, but the source has more: give a folder/,"
                " a pattern such as %06d.png, or --max-frames 1"
            )
        return self._path

    def finish(self, *, whole: bool) -> None:
        """Waits for the files of a live source; others are complete already.

        Raises:
            SinkError: The disk is full, or does not answer; or some pictures could not
                be stored, while the others are.
        """
        self._finish_disk()
        if self._refused:
            more = len(self._refused) - 1
            raise SinkError(self._refused[0] + (f", and {more} more" if more else ""))

    def _finish_disk(self) -> None:
        self.notes += notes_by_file(self._lost)
        self._lost = {}
        try:
            self._disk.finish()
        except OSError as error:
            raise SinkError(f"{self._path}: {error.strerror}") from None
        self.notes += self._disk.notes

    def close(self) -> None:
        """Nothing stays open between two pictures; may be called twice."""
        self._disk.abandon()


def _upright(pixels: RgbArray, frame: Frame) -> RgbArray:
    """Turns the picture as a viewer sees it: these files carry no rotation tag."""
    turned = np.rot90(pixels, frame.rotation // 90) if frame.rotation else pixels
    return turned[:, ::-1] if frame.mirrored else turned
