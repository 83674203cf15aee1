"""What TIFF files carry beside their picture, and which of them FFmpeg reads truly."""

from dataclasses import dataclass

from sources.pictures.tiff import (
    COMPRESSION,
    DENSITY_UNIT,
    EXTRA_SAMPLES,
    ICC,
    LAYERS,
    OF_THE_PICTURE,
    PHOTOMETRIC,
    PHOTOSHOP,
    STRIP_BYTES,
    STRIPS,
    TILE_BYTES,
    TILE_WIDTH,
    TILES,
    X_DENSITY,
    XMP,
    Y_DENSITY,
    Directory,
    directories_of,
    file_of,
    is_big,
    is_tiff,
)

_LOST = {PHOTOSHOP: "Photoshop's notes", LAYERS: "Photoshop's layers"}
"""They may hold the picture once more, with its rain."""
_PREMULTIPLIED = 1
_TO_INCHES = {2: 1.0, 3: 2.54}
_PLAIN_COMPRESSIONS = frozenset({1, 5, 8, 32773, 32946})
"""None, LZW, Deflate and PackBits. Of JPEG, FFmpeg 8 makes a black picture."""
_PLAIN_COLOURS = frozenset({0, 1, 2, 3})
"""Grey either way, RGB, palettes. Of YCbCr and CMYK, FFmpeg 8 makes other colours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffParts:
    """What was found; empty where there is none."""

    tags: Directory
    icc: bytes
    xmp: bytes
    dpi: tuple[float, float] | None
    premultiplied: bool
    lost: tuple[str, ...]


def tiff_parts(data: bytes) -> TiffParts:
    """Reads the first directory of a TIFF file."""
    pages = directories_of(data)
    first = pages[0] if pages else {}
    lost = [name for tag, name in _LOST.items() if tag in first]
    if len(pages) > 1:
        lost.append("the pages behind the first")
    if is_big(data):
        lost.append("the tags of BigTIFF")
    return TiffParts(
        tags={tag: one for tag, one in first.items() if tag not in OF_THE_PICTURE},
        icc=first[ICC].data if ICC in first else b"",
        xmp=first[XMP].data if XMP in first else b"",
        dpi=_density(first),
        premultiplied=_number(first, EXTRA_SAMPLES, 0) == _PREMULTIPLIED,
        lost=tuple(lost),
    )


def exif_of_tiff(parts: TiffParts) -> bytes:
    """Returns the tags as EXIF has them; empty if there are none."""
    return file_of(parts.tags) if parts.tags else b""


def says_more_than_density(exif: bytes) -> bool:
    """Returns whether EXIF holds anything beside pixels per inch."""
    found = directories_of(exif)
    return not found or not found[0].keys() <= {X_DENSITY, Y_DENSITY, DENSITY_UNIT}


def density_in(exif: bytes) -> tuple[float, float] | None:
    """Returns pixels per inch, across and down; None if EXIF does not say."""
    found = directories_of(exif)
    return _density(found[0]) if found else None


def needs_libtiff(data: bytes) -> bool:
    """Returns whether a file is a TIFF that FFmpeg refuses or reads wrong.

    FFmpeg 8 makes a black picture of tiles and of JPEG, other colours of YCbCr and
    CMYK, and knows no BigTIFF.
    """
    if not is_tiff(data):
        return False
    pages = directories_of(data)
    if not pages:
        return is_big(data)
    first = pages[0]
    return (
        TILE_WIDTH in first
        or _number(first, COMPRESSION, 1) not in _PLAIN_COMPRESSIONS
        or _number(first, PHOTOMETRIC, 1) not in _PLAIN_COLOURS
    )


def is_colour_converted(data: bytes) -> bool:
    """Returns whether a TIFF is neither grey, RGB nor a palette."""
    first = [*directories_of(data), {}][0]
    return _number(first, PHOTOMETRIC, 1) not in _PLAIN_COLOURS


def tiff_is_whole(data: bytes) -> bool:
    """Returns whether all strips or tiles of the first picture lie in the file."""
    pages = directories_of(data)
    if not pages:
        return is_big(data)
    first = pages[0]
    places = first.get(STRIPS) or first.get(TILES)
    sizes = first.get(STRIP_BYTES) or first.get(TILE_BYTES)
    if places is None or sizes is None:
        return False
    ends = map(sum, zip(places.numbers, sizes.numbers, strict=False))
    return max(ends, default=0) <= len(data)


def _density(first: Directory) -> tuple[float, float] | None:
    across, down = first.get(X_DENSITY), first.get(Y_DENSITY)
    scale = _TO_INCHES.get(_number(first, DENSITY_UNIT, 2), 0.0)
    if across is None or down is None or not scale:
        return None
    values = [
        one.numbers[0] / one.numbers[1] * scale
        for one in (across, down)
        if len(one.numbers) == 2 and one.numbers[1]
    ]
    return (values[0], values[1]) if len(values) == 2 and all(values) else None


def _number(directory: Directory, tag: int, otherwise: int) -> int:
    entry = directory.get(tag)
    return entry.numbers[0] if entry is not None and entry.numbers else otherwise
