"""Pictures in files: one alone, a folder of them, or a numbered row."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError
from av.sidedata.sidedata import SideData

from sources.colour import chroma_location_by_codec, colour_of
from sources.errors import SourceError
from sources.frame import Frame, Health, StreamInfo
from sources.orientation import orientation_of
from sources.pictures.files import (
    PICTURE_SUFFIXES,
    is_animated_webp,
    is_picture,
    natural_key,
    picture_bytes,
)
from sources.pictures.libtiff import read_tiff
from sources.pictures.metadata import PictureMetadata, metadata_of, orientation_in
from sources.pictures.notes import notes_by_file
from sources.pictures.tiff_tags import needs_libtiff
from sources.side_data import kinds_of, side_data_of

DEFAULT_RATE = Fraction(25)
_OTHER_PICTURES = frozenset(
    {".heic", ".heif", ".avif", ".gif", ".jxl", ".jp2", ".jfif", ".jpe", ".apng"}
    | {".ppm", ".pgm", ".tga", ".exr", ".hdr", ".psd", ".svg", ".ico"}
    | {".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2"}
)
"""Pictures that are not read from a folder."""


@dataclass(frozen=True, slots=True)
class StillPicture:
    """A picture as it was read, and what hangs on it."""

    picture: av.VideoFrame
    side_data: tuple[SideData, ...]
    metadata: PictureMetadata
    lost: tuple[str, ...] = ()
    """What of the file is not handed on, in words."""

    @property
    def orientation(self) -> tuple[int, bool]:
        """The counter-clockwise turn for showing, and whether a mirror follows it."""
        noted = orientation_in(self.metadata.exif)
        return noted or orientation_of(self.picture, self.side_data)

    @property
    def kinds(self) -> frozenset[str]:
        """FFmpeg's names of what hangs on it."""
        own = {
            "EXIF": self.metadata.exif,
            "ICC_PROFILE": self.metadata.icc,
            "XMP": self.metadata.xmp,
        }
        return kinds_of(self.side_data) | {name for name, data in own.items() if data}


class Pictures:
    """Picture files as a source: one frame each, in the order given."""

    def __init__(
        self,
        paths: Sequence[Path],
        rate: Fraction = DEFAULT_RATE,
        notes: Sequence[str] = (),
    ) -> None:
        """Looks at the first readable picture to know the size.

        Args:
            paths: At least one; sizes and formats may differ.
            rate: Frames in a second, for the time stamps.
            notes: What a user should know of how the pictures were found.

        Raises:
            SourceError: None of the pictures can be read.
        """
        self.paths = tuple(paths)
        self.health = Health(notes=list(notes))
        self._time_base = 1 / rate
        self._lost: dict[str, list[str]] = {}
        first = _first_readable(self.paths)
        self._info = StreamInfo(
            width=first.picture.width,
            height=first.picture.height,
            pixel_format=first.picture.format.name,
            time_base=self._time_base,
            colour=colour_of(first.picture),
            rotation=first.orientation[0],
            frame_rate=rate,
            frames=len(self.paths),
            duration=float(len(self.paths) / rate),
            decoder=self.paths[0].suffix.lstrip(".").lower(),
        )

    @property
    def info(self) -> StreamInfo:
        """Size and format of the first picture."""
        return self._info

    def __iter__(self) -> Iterator[Frame]:
        """Yields the pictures; an unreadable one is left out, counted and named."""
        index = 0
        for place, path in enumerate(self.paths):
            try:
                still = read_picture(path)
            except SourceError as error:
                self.health.corrupt_packets += 1
                self.health.notes.append(f"left out: {error}")
                continue
            for what in still.lost:
                self._lost.setdefault(what, []).append(path.name)
            yield self._frame(still, index, place, path.name)
            index += 1
        self.health.notes += notes_by_file(self._lost)
        if lost := len(self.paths) - index:
            self.health.problem = (
                f"{lost} of {len(self.paths)} pictures could not be read"
            )

    def _frame(self, still: StillPicture, index: int, pts: int, name: str) -> Frame:
        rotation, mirrored = still.orientation
        return Frame(
            picture=still.picture,
            index=index,
            pts=pts,
            time_base=self._time_base,
            colour=colour_of(still.picture, _chroma_location(still.picture)),
            rotation=rotation,
            mirrored=mirrored,
            arrived_ns=time.monotonic_ns(),
            name=name,
            side_data=still.kinds,
            metadata=still.metadata,
        )

    def close(self) -> None:
        """Nothing stays open between two pictures."""


def read_picture(path: Path) -> StillPicture:
    """Returns the picture in a file, in the format it is stored in.

    Raises:
        SourceError: The file is missing, cut short or no picture.
    """
    data = picture_bytes(path)
    metadata = metadata_of(data)
    if needs_libtiff(data):
        return StillPicture(read_tiff(path, data), (), metadata, metadata.lost)
    try:
        with av.open(str(path.absolute())) as container:
            context = container.streams.video[0].codec_context
            decoder = context.name if context is not None else ""
            for picture in container.decode(video=0):
                side_data = side_data_of(picture, decoder)
                lost = (*metadata.lost, *_lost_numbers(picture))
                return StillPicture(picture, side_data, metadata, lost)
    except (FFmpegError, OSError, IndexError) as error:
        if is_animated_webp(data):
            raise SourceError(
                f"{path} is an animated WebP, which FFmpeg cannot read; convert it to "
                "a video, APNG or GIF first."
            ) from None
        reason = getattr(error, "strerror", None) or "no picture in it"
        raise SourceError(f"{path} is no readable picture: {reason}.") from None
    raise SourceError(f"{path} is no readable picture: no picture in it.")


def _chroma_location(picture: av.VideoFrame) -> int:
    """Returns where the chroma lies: of pictures only JPEG gives the `yuvj` formats."""
    name = picture.format.name
    return chroma_location_by_codec("mjpeg" if name.startswith("yuvj") else "", name)


def _lost_numbers(picture: av.VideoFrame) -> tuple[str, ...]:
    if "f32" in picture.format.name or "f16" in picture.format.name:
        return ("numbers with a point (they become whole ones of 16 bits)",)
    return ()


def _first_readable(paths: Sequence[Path]) -> StillPicture:
    error: SourceError | None = None
    for path in paths:
        try:
            return read_picture(path)
        except SourceError as unreadable:
            error = error or unreadable
    raise error or SourceError("No pictures were given.")


def pictures_in(folder: Path) -> list[Path]:
    """Returns the picture files of `folder`, with numbers in counting order.

    Raises:
        SourceError: The folder is missing or holds no picture.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}/ is no folder.")
    found = [path for path in folder.iterdir() if is_picture(path) and path.is_file()]
    if not found:
        kinds = " ".join(sorted(PICTURE_SUFFIXES))
        raise SourceError(f"{folder}/ holds no picture ({kinds}).")
    return sorted(found, key=natural_key)


def passed_over(folder: Path) -> list[str]:
    """Returns a line for what else of a folder looks like pictures, if anything."""
    others = [p for p in folder.iterdir() if p.suffix.lower() in _OTHER_PICTURES]
    folders = [p for p in folder.iterdir() if p.is_dir()]
    kinds = " ".join(sorted({path.suffix.lower() for path in others}))
    names = [f"{_count(others, 'picture')} ({kinds})"] if others else []
    names += [_count(folders, "folder")] if folders else []
    return [f"passed over in {folder}/: {' and '.join(names)}"] if names else []


def _count(found: Sequence[Path], thing: str) -> str:
    return f"{len(found)} {thing}{'s' if len(found) != 1 else ''}"


def pictures_like(pattern: Path) -> list[Path]:
    """Returns the files that a pattern such as `folder/%06d.png` names, in order.

    Raises:
        SourceError: No file fits the pattern.
    """
    before, width, after = split_pattern(pattern.name)
    digits = rf"\d{{{width},}}" if width else r"\d+"
    fits = re.compile(re.escape(before) + f"({digits})" + re.escape(after))
    folder = pattern.parent
    names = folder.iterdir() if folder.is_dir() else ()
    found = [path for path in names if fits.fullmatch(path.name)]
    if not found:
        raise SourceError(f"{pattern}: no file fits this pattern.")
    return sorted(found, key=natural_key)


def split_pattern(name: str) -> tuple[str, int, str]:
    """Returns what stands before and after `%06d`, and its width (0 for `%d`).

    Raises:
        SourceError: The name holds no such field, or several.
    """
    fields = re.findall(r"%(?:0(\d+))?d", name)
    if len(fields) != 1:
        raise SourceError(f"{name}: a pattern has exactly one field such as %06d.")
    before, after = re.split(r"%(?:0\d+)?d", name)
    return before, int(fields[0] or 0), after
