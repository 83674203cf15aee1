"""Picture files that neither OpenCV nor PyAV writes: made here byte for byte."""

import base64
from pathlib import Path

import cv2
import numpy as np

from sources.pictures.tiff import Directory, Entry, packed, shorts

CMYK_JPEG = base64.b64decode(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpK"
    "PjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAA"
    "AAAAAAAAAAAAAAAGB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMATQBZAEsAAD8A05JIZeAAAAP/"
    "2Q=="
)
"""16x16 of cyan 0, magenta 200, yellow 220, black 30, of 255: red, by Pillow."""
_JPEG, _NONE = 7, 1
_YCBCR, _RGB = 6, 2


def jpeg_in_tiff(path: Path, pixels: np.ndarray) -> Path:
    """Writes BGR pixels as a TIFF whose only strip is a JPEG."""
    strip = cv2.imencode(".jpg", pixels)[1].tobytes()
    height, width, _ = pixels.shape
    return _tiff(
        path,
        [strip],
        {
            **{257: shorts([height]), 259: shorts([_JPEG]), 262: shorts([_YCBCR])},
            **{256: shorts([width]), 278: shorts([height]), 530: shorts([2, 2])},
        },
        (273, 279),
    )


def tiff_of_tiles(path: Path, pixels: np.ndarray, side: int = 16) -> Path:
    """Writes BGR pixels, whose sides `side` divides, as a TIFF of tiles."""
    height, width, _ = pixels.shape
    tiles = [
        np.ascontiguousarray(pixels[y : y + side, x : x + side, ::-1]).tobytes()
        for y in range(0, height, side)
        for x in range(0, width, side)
    ]
    return _tiff(
        path,
        tiles,
        {
            **{256: shorts([width]), 257: shorts([height]), 259: shorts([_NONE])},
            **{262: shorts([_RGB]), 322: shorts([side]), 323: shorts([side])},
        },
        (324, 325),
    )


def _tiff(
    path: Path, pieces: list[bytes], entries: Directory, tags: tuple[int, int]
) -> Path:
    """Writes the pieces, then the directory that names their places."""
    places, body = [], b""
    for piece in pieces:
        places.append(8 + len(body))
        body += piece + bytes(len(piece) % 2)
    named = {
        tags[0]: Entry(4, np.array(places, "<u4").tobytes()),
        tags[1]: Entry(4, np.array([len(p) for p in pieces], "<u4").tobytes()),
        258: shorts([8, 8, 8]),
        277: shorts([3]),
    }
    start = 8 + len(body)
    head = b"II*\0" + start.to_bytes(4, "little")
    path.write_bytes(head + body + packed({**entries, **named}, start))
    return path
