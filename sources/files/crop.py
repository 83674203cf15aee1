"""Whether a container hides a border of the pictures, which shows where it is lost."""

from pathlib import Path

from sources.container.ebml import tracks
from sources.container.mp4_boxes import tree

_PIXEL_CROP = (0x54AA, 0x54BB, 0x54CC, 0x54DD)
"""Matroska: bottom, top, left, right."""


def hides_border(path: Path) -> bool:
    """Returns whether players show only a part of the pictures (`clap`, PixelCrop)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if any(box.kind == "clap" for box in tree(file, 0, size)):
            return True
        return any(
            int.from_bytes(track.get(number, b""), "big")
            for track in tracks(file, size)
            for number in _PIXEL_CROP
        )
