"""Whether a container hides a border of the pictures, which shows where it is lost."""

import struct
from pathlib import Path

from sources.container.parsers.ebml import tracks
from sources.container.parsers.mp4_boxes import content, tree

_PIXEL_CROP = (0x54AA, 0x54BB, 0x54CC, 0x54DD)
"""Matroska: bottom, top, left, right."""


_CLEAN_APERTURE = struct.Struct(">iIiIiIiI")
"""MP4: width, height, and how far the middle lies off, each with its divisor."""


def hides_border(path: Path, size: tuple[int, int]) -> bool:
    """Returns whether players show only a part of the pictures (`clap`, PixelCrop).

    Args:
        path: The file.
        size: Width and height of the pictures. FFmpeg writes the aperture of plain
            video although it shows all of them.
    """
    length = path.stat().st_size
    with path.open("rb") as file:
        for box in tree(file, 0, length):
            if box.kind == "clap" and _is_smaller(content(file, box), size):
                return True
        return any(
            int.from_bytes(track.get(number, b""), "big")
            for track in tracks(file, length)
            for number in _PIXEL_CROP
        )


def _is_smaller(aperture: bytes, size: tuple[int, int]) -> bool:
    if len(aperture) < _CLEAN_APERTURE.size:
        return False
    width, by, height, down, across, _, below, _ = _CLEAN_APERTURE.unpack_from(aperture)
    return bool(across or below) or (width, height) != (size[0] * by, size[1] * down)
