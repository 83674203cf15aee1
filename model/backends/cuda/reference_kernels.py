"""What the kernels in `kernels.cu` compute, in numpy: their definition.

Every sum is written in the order in which the kernels add, in float32 and without
fused multiply-adds, so that both agree to the last bit.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, Planes, checked_planes

Floats = NDArray[np.float32]
_SIXTY_FOURTH = np.float32(1 / 64)
_HALF = np.float32(0.5)


def rgb_of_planes(
    planes: Planes, form: PlaneForm, padded: tuple[int, int] | None = None
) -> Floats:
    """Returns light, RGB [3, height, width] in [0, 1], with bilinear chroma.

    Args:
        planes: As numpy arrays.
        form: What their numbers mean.
        padded: Height and width to reflect the picture up to, at the right and lower
            edge; None for its own.
    """
    checked_planes(planes)
    how = form.coefficients
    height, width = padded or (planes.height, planes.width)
    rows = _reflected(height, planes.height)
    columns = _reflected(width, planes.width)
    luma = _codes(planes.luma, form)[rows][:, columns]
    light = (luma - how.luma_offset).astype(np.float32) * how.luma_scale
    cb, cr = (
        _upsampled(_codes(plane, form), rows, columns, form)
        for plane in (planes.cb, planes.cr)
    )
    red = light + cr * how.red_of_cr
    green = (light + cb * how.green_of_cb) + cr * how.green_of_cr
    blue = light + cb * how.blue_of_cb
    return _in_unit(np.stack([red, green, blue]))


def planes_of_rgb(light: Floats, form: PlaneForm, out: Planes) -> None:
    """Fills `out` with light, RGB [3, height, width] or larger, clipped to [0, 1].

    Chroma is weighed with a triangle two luma samples wide to each side of its place.
    """
    checked_planes(out)
    how = form.coefficients
    light = _in_unit(light[:, : out.height, : out.width])
    luma = _luma(light, form) * how.luma_span + np.float32(how.luma_offset)
    out.luma[...] = _stored_codes(luma, form)
    mean = _downsampled(light, form)
    grey, middle = _luma(mean, form), np.float32(how.chroma_offset)
    out.cb[...] = _stored_codes((mean[2] - grey) * how.cb_scale + middle, form)
    out.cr[...] = _stored_codes((mean[0] - grey) * how.cr_scale + middle, form)


def light_of_pixels(picture: RgbArray, padded: tuple[int, int]) -> Floats:
    """Returns RGB [3, *padded] in [0, 1] of a packed picture, reflected to `padded`."""
    rows = _reflected(padded[0], picture.shape[0])
    columns = _reflected(padded[1], picture.shape[1])
    peak = np.float32(np.iinfo(picture.dtype).max)
    return picture[rows][:, columns].transpose(2, 0, 1).astype(np.float32) / peak


def pixels_of_light(light: Floats, out: RgbArray) -> None:
    """Fills a packed picture with light [3, height, width] or larger, clipped."""
    peak = np.float32(np.iinfo(out.dtype).max)
    cropped = _in_unit(light[:, : out.shape[0], : out.shape[1]])
    out[...] = np.rint(cropped * peak).transpose(1, 2, 0).astype(out.dtype)


class ReferenceKernels:
    """The kernels of the device as functions on CPU tensors, for tests and as a rule.

    The same four calls as `model.backends.cuda.kernels.PlaneKernels`.
    """

    def planes_to_network(self, planes: Planes, form: PlaneForm, x: Any) -> None:
        """Fills `x` [3, padded height, padded width] of any float type."""
        self._store(rgb_of_planes(_arrays(planes), form, tuple(x.shape[1:])), x)

    def network_to_planes(self, y: Any, form: PlaneForm, out: Planes) -> None:
        """Fills `out` from `y`, whose padding is left out."""
        planes_of_rgb(y.float().numpy(), form, _arrays(out))

    def pixels_to_network(self, picture: Any, x: Any) -> None:
        """Fills `x` from a packed picture, uint8 or uint16."""
        self._store(light_of_pixels(picture.numpy(), tuple(x.shape[1:])), x)

    def network_to_pixels(self, y: Any, out: Any) -> None:
        """Fills a packed picture from `y`, whose padding is left out."""
        pixels_of_light(y.float().numpy(), out.numpy())

    def _store(self, light: Floats, x: Any) -> None:
        x.copy_(torch.from_numpy(light))


def _arrays(planes: Planes) -> Planes:
    return Planes(luma=_array(planes.luma), cb=_array(planes.cb), cr=_array(planes.cr))


def _array(part: Any) -> Any:
    return part.numpy() if isinstance(part, torch.Tensor) else part


def _reflected(length: int, have: int) -> NDArray[np.int64]:
    """Returns for each place along a padded side the sample that stands there."""
    places = np.arange(length)
    return np.where(places < have, places, 2 * (have - 1) - places)


def _codes(plane: NDArray[Any], form: PlaneForm) -> NDArray[np.int64]:
    return plane.astype(np.int64) >> form.shift


def _upsampled(
    plane: NDArray[np.int64],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    form: PlaneForm,
) -> Floats:
    """Returns sixteen times the chroma at luma's places, around 0; exact integers."""
    right, below = form.phase
    top, bottom, row_part = _neighbours(rows, below, plane.shape[0])
    left, next_one, part = _neighbours(columns, right, plane.shape[1])
    upper = plane[top][:, left] * (4 - part) + plane[top][:, next_one] * part
    lower = plane[bottom][:, left] * (4 - part) + plane[bottom][:, next_one] * part
    summed = upper * (4 - row_part[:, None]) + lower * row_part[:, None]
    return (summed - 16 * form.coefficients.chroma_offset).astype(np.float32)


def _neighbours(
    places: NDArray[np.int64], phase: int, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Returns the chroma samples around luma's places and quarters of the second."""
    quarters = 2 * places - phase
    first = quarters // 4
    return (
        np.clip(first, 0, count - 1),
        np.clip(first + 1, 0, count - 1),
        quarters - 4 * first,
    )


def _downsampled(light: Floats, form: PlaneForm) -> Floats:
    """Returns the light [3, half height, half width] where chroma has its samples."""
    _, height, width = light.shape
    right, below = form.phase
    rows, columns = np.arange(0, height, 2), np.arange(0, width, 2)
    total = np.zeros((3, len(rows), len(columns)), np.float32)
    for down in range(-1, 3):
        row = np.clip(rows + down, 0, height - 1)
        for across in range(-1, 3):
            weight = _triangle(down, below) * _triangle(across, right)
            column = np.clip(columns + across, 0, width - 1)
            total = total + np.float32(weight) * light[:, row][:, :, column]
    return total * _SIXTY_FOURTH


def _triangle(offset: int, phase: int) -> int:
    return max(0, 4 - abs(2 * offset - phase))


def _luma(light: Floats, form: PlaneForm) -> Floats:
    how = form.coefficients
    return (how.share_red * light[0] + how.share_green * light[1]) + (
        how.share_blue * light[2]
    )


def _stored_codes(value: Floats, form: PlaneForm) -> NDArray[Any]:
    code = np.clip(np.floor(value + _HALF), 0, form.coefficients.peak).astype(np.uint16)
    return code << form.shift


def _in_unit(light: Floats) -> Floats:
    """Clips to [0, 1]; what is no number becomes 0, as on the device."""
    return np.fmin(np.fmax(light, np.float32(0)), np.float32(1))
