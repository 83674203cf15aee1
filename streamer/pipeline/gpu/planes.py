"""Decoded pictures as the planes that a network on a GPU takes, and back.

Imports `model`, which loads PyTorch: only for a run whose network takes planes.
"""

from collections.abc import Sequence
from typing import Any

import av
import numpy as np

from model.pictures.planes import PlaneForm, Planes, host_array
from sources.colour import Conversion
from sources.nvdec import ON_DEVICE

_FORMS = {
    "yuv420p": (8, 0),
    "yuvj420p": (8, 0),
    "nv12": (8, 0),
    "yuv420p10le": (10, 0),
    "p010le": (10, 6),
}
"""Bits of a sample, and unused bits below them."""
_PLANAR = {"yuv420p", "yuv420p10le"}
"""What `room_like` makes."""
_TAGS = ("colorspace", "color_range", "color_primaries", "color_trc")


def stored_format(picture: av.VideoFrame) -> str:
    """Returns the format that holds all of the picture, on the host if it is not."""
    there = picture.sw_format if picture.format.name == ON_DEVICE else None
    return there.name if there else picture.format.name


def form_of(
    picture: av.VideoFrame, how: Conversion, chroma_location: int
) -> PlaneForm | None:
    """Returns what the picture's numbers mean; None where kernels do not know it.

    Args:
        picture: As decoded.
        how: Its matrix and range.
        chroma_location: FFmpeg's number; 0 where the stream does not say it.
    """
    name = stored_format(picture)
    odd = picture.width % 2 or picture.height % 2
    if name not in _FORMS or odd:
        return None
    depth, shift = _FORMS[name]
    return PlaneForm(
        matrix=how.matrix,
        full_range=how.full_range == 2,
        depth=depth,
        shift=shift,
        chroma_location=chroma_location,
    )


def unused_bits(picture: av.VideoFrame) -> int:
    """Returns how many unused bits lie below the samples, of a format of `form_of`."""
    return _FORMS[stored_format(picture)][1]


def planar(form: PlaneForm) -> PlaneForm:
    """Returns the same form without unused bits, as `room_like` holds it."""
    return PlaneForm(
        matrix=form.matrix,
        full_range=form.full_range,
        depth=form.depth,
        chroma_location=form.chroma_location,
    )


def room_like(picture: av.VideoFrame, form: PlaneForm) -> av.VideoFrame:
    """Returns an empty picture of the host with the same size, depth and tags.

    A new one for each picture: encoders may look at it after they were given it.
    """
    name = "yuv420p" if form.depth == 8 else "yuv420p10le"
    return _empty((picture.width, picture.height), name, picture)


def beside(
    first: av.VideoFrame, second: av.VideoFrame, *, below: bool
) -> av.VideoFrame:
    """Returns two pictures of one size in one, with the second to the right or below.

    Both of a format of `form_of`, one of them planar and of the host, which gives the
    format and the tags. From a device the other one is copied now.
    """
    like = next(one for one in (first, second) if one.format.name in _PLANAR)
    width, height = like.width, like.height
    size = (width, 2 * height) if below else (2 * width, height)
    room = _empty(size, like.format.name, like)
    for part in ("luma", "cb", "cr"):
        codes = [
            host_array(getattr(planes_of(one), part)) >> unused_bits(one)
            for one in (first, second)
        ]
        np.concatenate(codes, 0 if below else 1, out=getattr(planes_of(room), part))
    return room


def _empty(size: tuple[int, int], name: str, like: av.VideoFrame) -> av.VideoFrame:
    room = av.VideoFrame(*size, name)
    for tag in _TAGS:
        setattr(room, tag, getattr(like, tag))
    return room


def planes_of(picture: av.VideoFrame) -> Planes:
    """Views the picture's planes without copying them: arrays, or tensors on a GPU."""
    if picture.format.name == ON_DEVICE:
        return _separate(_tensors(picture))
    return _separate(_arrays(picture))


def _tensors(picture: av.VideoFrame) -> list[Any]:
    from torch.utils.dlpack import from_dlpack

    # The capsule: torch asks an object for a stream, which PyAV's planes refuse.
    return [from_dlpack(plane.__dlpack__()) for plane in picture.planes]


def _separate(parts: Sequence[Any]) -> Planes:
    """Returns chroma as two views, also where it comes interleaved."""
    if len(parts) == 3:
        return Planes(luma=parts[0], cb=parts[1], cr=parts[2])
    luma, chroma = parts
    if chroma.ndim == 2:
        chroma = chroma.reshape(chroma.shape[0], -1, 2)
    return Planes(luma=luma, cb=chroma[:, :, 0], cr=chroma[:, :, 1])


def _arrays(picture: av.VideoFrame) -> list[Any]:
    """Views the planes of the host as [height, samples], without the rows' padding."""
    kind = np.uint8 if _FORMS[picture.format.name][0] == 8 else np.uint16
    interleaved = len(picture.planes) == 2
    views = []
    for number, plane in enumerate(picture.planes):
        samples = plane.width * (2 if interleaved and number else 1)
        rows = np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)
        views.append(rows[:, :samples])
    return views
