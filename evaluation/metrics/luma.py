"""The two greys of MATLAB that the field measures in: `rgb2ycbcr` and `rgb2gray`.

OpenCV's and PIL's luma has full range and gives 1.3 dB less, so neither is used.
Pictures are uint8 RGB [height, width, 3].
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RgbArray = NDArray[np.uint8]
"""A picture, uint8 RGB [height, width, 3]."""
Plane = NDArray[np.float64]

_GREY = (0.298936021293775, 0.587043074451121, 0.114020904255103)


def luma(picture: RgbArray) -> Plane:
    """Returns Y of `rgb2ycbcr` on uint8: whole numbers, 16 to 235.

    Computed in integers, so that ties round alike on every machine.
    """
    red, green, blue = _channels(picture, np.int64)
    scaled = 65481 * red + 128553 * green + 24966 * blue + 16 * 255000
    return ((scaled + 127500) // 255000).astype(np.float64)


def luma_unrounded(picture: RgbArray) -> Plane:
    """Returns Y of `rgb2ycbcr` on `im2double`, times 255: 16 to 235, not rounded."""
    red, green, blue = _channels(picture, np.float64)
    return (65.481 * red + 128.553 * green + 24.966 * blue) / 255 + 16


def grey(picture: RgbArray) -> Plane:
    """Returns `rgb2gray` on uint8: whole numbers, 0 to 255."""
    channels = _channels(picture, np.float64)
    weighted = sum(w * c for w, c in zip(_GREY, channels, strict=True))
    return np.floor(np.asarray(weighted) + 0.5)


def _channels(picture: RgbArray, kind: type) -> list[NDArray[Any]]:
    require_picture(picture)
    return [picture[..., channel].astype(kind) for channel in range(3)]


def require_picture(picture: RgbArray) -> None:
    """Raises ValueError unless `picture` is uint8 [height, width, 3]."""
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(
            "A picture must be uint8 [height, width, 3], "
            f"got {picture.dtype} {list(picture.shape)}."
        )
