"""Reads the TIFF files that FFmpeg reads wrong: OpenCV has libtiff in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import av
import cv2
import numpy as np

from sources.errors import SourceError
from sources.pictures.metadata import upright
from sources.pictures.tiff import directories_of
from sources.pictures.tiff_tags import is_colour_converted

_ORIENTATION, _UPRIGHT = 274, (1,)
_SILENT = 0
_FORMATS = {3: ("rgb24", "rgb48le"), 4: ("rgba", "rgba64le")}
"""By the number of samples: of 8 and of 16 bits."""


def read_tiff(path: Path, data: bytes) -> av.VideoFrame:
    """Returns the first picture of a file, as it is stored.

    Args:
        path: The file.
        data: The whole of it.

    Raises:
        SourceError: It is of a kind that libtiff does not know here.
    """
    with _as_stored(path, data) as file, _silence():
        kind = cv2.IMREAD_COLOR if is_colour_converted(data) else cv2.IMREAD_UNCHANGED
        pixels: Any = cv2.imread(
            str(file), kind
        )  # of bytes in memory it takes no tiles
    if pixels is None or pixels.dtype not in (np.uint8, np.uint16):
        raise SourceError(f"{path} is a TIFF of a kind that cannot be read here.")
    deep = pixels.dtype == np.uint16
    if pixels.ndim == 2:
        return av.VideoFrame.from_ndarray(pixels, "gray16le" if deep else "gray")
    samples = pixels.shape[2]
    red_first = np.ascontiguousarray(pixels[..., [2, 1, 0, 3][:samples]])
    return av.VideoFrame.from_ndarray(red_first, _FORMATS[samples][deep])


@contextmanager
def _as_stored(path: Path, data: bytes) -> Iterator[Path]:
    """Gives a file that does not say how it is turned: OpenCV 5 fails to turn it."""
    first = [*directories_of(data), {}][0]
    if _ORIENTATION not in first or first[_ORIENTATION].numbers == _UPRIGHT:
        yield path
        return
    with NamedTemporaryFile(suffix=".tiff") as copy:
        copy.write(upright(data))
        copy.flush()
        yield Path(copy.name)


@contextmanager
def _silence() -> Iterator[None]:
    """Keeps OpenCV from printing lines of its own beside the one that is raised."""
    logging: Any = getattr(cv2.utils, "logging", cv2)  # OpenCV 4 has it in `cv2`
    before = logging.getLogLevel()
    logging.setLogLevel(_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(before)
