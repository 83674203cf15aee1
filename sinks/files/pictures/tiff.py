"""Puts tags, density, profile and XMP into a TIFF file that was just encoded."""

from sources.pictures.metadata import PictureMetadata
from sources.pictures.tiff import (
    DENSITY_UNIT,
    EXTRA_SAMPLES,
    ICC,
    OF_THE_PICTURE,
    SAMPLES,
    X_DENSITY,
    XMP,
    Y_DENSITY,
    Directory,
    Entry,
    directories_of,
    rational,
    shorts,
    with_directory,
)

_BYTE, _UNDEFINED = 1, 7
_WITH_ALPHA, _PREMULTIPLIED, _STRAIGHT = 4, 1, 2
_PER_INCH = 2


def tiff_with(data: bytes, kept: PictureMetadata) -> bytes:
    """Returns the file with a directory that says all this.

    OpenCV writes four samples of a pixel and does not say that the last one is alpha.
    """
    pages = directories_of(data)
    if not pages:
        return data
    own = pages[0]
    said: dict[int, Entry] = {}
    if kept.exif:
        said |= _described(directories_of(kept.exif))
    if kept.icc:
        said[ICC] = Entry(_UNDEFINED, kept.icc)
    if kept.xmp:
        said[XMP] = Entry(_BYTE, kept.xmp)
    if kept.dpi is not None:
        across, down = kept.dpi
        said |= {X_DENSITY: rational([across]), Y_DENSITY: rational([down])}
        said[DENSITY_UNIT] = shorts([_PER_INCH])
    if SAMPLES in own and own[SAMPLES].numbers == (_WITH_ALPHA,):
        said[EXTRA_SAMPLES] = shorts(
            [_PREMULTIPLIED if kept.premultiplied else _STRAIGHT]
        )
    if not said:
        return data
    return with_directory(data, {**own, **said})


def _described(exif: list[Directory]) -> Directory:
    """Returns the tags of EXIF that do not say how a picture is stored."""
    first = exif[0] if exif else {}
    return {tag: entry for tag, entry in first.items() if tag not in OF_THE_PICTURE}
