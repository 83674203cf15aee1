"""Refuses pictures made of tiles: FFmpeg hands on one tile after the other.

Telephones write HEIC and AVIF so (ISO/IEC 23008-12, `grid`); one tile would be taken
for the picture.
"""

from pathlib import Path

from sources.container.parsers.mp4_boxes import content, find

_HEAD = 4
_GRIDS = (b"grid", b"tmap", b"iovl")


def is_tiled(path: Path) -> bool:
    """Returns whether a picture file has to be put together from several pictures."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for meta in find(file, 0, size, "meta"):
            for items in find(file, meta.start + _HEAD, meta.end, "iinf"):
                listed = content(file, items)
                return any(kind in listed for kind in _GRIDS)
    return False
