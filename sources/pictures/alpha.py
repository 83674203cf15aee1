"""How opaque the pixels of a decoded picture are: its alpha, as it was decoded.

Taken from the planes themselves: libswscale 9 swaps the bytes of `rgba64be` and
`ya16be`, which PNG decodes to, for the colours and not for alpha.
"""

from functools import lru_cache
from typing import cast

import av
import numpy as np
import numpy.typing as npt

Alpha = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
"""[height, width]; 0 is transparent, full scale opaque."""
_PACKED = {
    **{"rgba": (4, 3), "bgra": (4, 3), "argb": (4, 0), "abgr": (4, 0), "ya8": (2, 1)},
    **{"rgba64": (4, 3), "bgra64": (4, 3), "ya16": (2, 1)},
}
"""Samples of a pixel, and which of them is alpha."""
_FULL = np.iinfo(np.uint16).max


def alpha_of(picture: av.VideoFrame) -> Alpha | None:
    """Returns the alpha of a picture; None if it has none, or all of it is opaque.

    WebP, GIF and PNG often have alpha and do not use it. It is 8 bits where the picture
    is, and 16 bits at full scale where that is deeper.
    """
    if not may_have_alpha(picture.format.name):
        return None
    alpha = _samples(picture)
    opaque = np.iinfo(alpha.dtype).max
    return None if alpha.min() == opaque else alpha


@lru_cache
def may_have_alpha(name: str) -> bool:
    """Returns whether pictures of a format can; a palette may hold such colours."""
    return name == "pal8" or any(p.is_alpha for p in av.VideoFormat(name).components)


def _samples(picture: av.VideoFrame) -> Alpha:
    name = picture.format.name
    layout = _PACKED.get(name.removesuffix("le").removesuffix("be"))
    bits = max(part.bits for part in picture.format.components)
    order = ">" if name.endswith("be") else "<"
    if layout is not None:
        samples, place = layout
        rows = _rows(picture.planes[0], order if bits > 8 else "", samples)
        return _native(rows[:, place : samples * picture.width : samples])
    if len(picture.planes) == 4 and bits <= 16:
        rows = _rows(picture.planes[3], order if bits > 8 else "", 1)
        return _full_scale(_native(rows[:, : picture.width]), bits)
    packed = picture.reformat(format="rgba")
    rows = _rows(packed.planes[0], "", 4)
    return _native(rows[:, 3 : 4 * picture.width : 4])


def _rows(plane: av.video.plane.VideoPlane, order: str, samples: int) -> Alpha:
    kind = np.dtype(f"{order}u2" if order else "u1")
    data = np.frombuffer(memoryview(plane), kind)
    return data.reshape(plane.height, -1)[:, : samples * plane.width]


def _native(samples: Alpha) -> Alpha:
    """Copies, in the byte order of this machine."""
    kind = np.dtype(np.uint16 if samples.itemsize > 1 else np.uint8)
    return cast("Alpha", np.ascontiguousarray(samples, kind))


def _full_scale(alpha: Alpha, bits: int) -> Alpha:
    if bits in {8, 16}:
        return alpha
    most = (1 << bits) - 1
    scaled: Alpha = ((alpha.astype(np.uint32) * _FULL + most // 2) // most).astype("u2")
    return scaled
