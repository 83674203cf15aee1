"""Pictures as luma and chroma planes, and how their numbers become light.

Rec. ITU-T H.273 names the matrices and ranges, and where the chroma samples lie.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

LUMA_SHARES = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
"""H.273 matrix (BT.709, FCC, BT.601, 240M, BT.2020): luma's shares of red and blue."""
_PHASES = {0: (0, 1), 1: (0, 1), 2: (1, 1), 3: (0, 0), 4: (1, 0), 5: (0, 2), 6: (1, 2)}


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """The numbers both directions compute with; float32, as the device has them."""

    luma_offset: int
    """Code of black."""
    chroma_offset: int
    """Code of no colour."""
    luma_scale: np.float32
    """One luma code, in light from 0 to 1."""
    red_of_cr: np.float32
    """These four are for one sixteenth of a chroma code."""
    green_of_cb: np.float32
    green_of_cr: np.float32
    blue_of_cb: np.float32
    share_red: np.float32
    share_green: np.float32
    share_blue: np.float32
    luma_span: np.float32
    """Luma codes from black to white."""
    cb_scale: np.float32
    """Cb codes for one of blue minus luma."""
    cr_scale: np.float32
    peak: int
    """The largest code."""


@dataclass(frozen=True, kw_only=True)
class PlaneForm:
    """How the numbers in the planes of a 4:2:0 stream become light."""

    matrix: int
    """H.273's number of the matrix: a key of `LUMA_SHARES`."""
    full_range: bool
    depth: int = 8
    """Bits of a sample."""
    shift: int = 0
    """Unused bits below a sample: 6 in P010."""
    chroma_location: int = 0
    """FFmpeg's number: 1 left, 2 centre, 3 top left, ...; 0, unsaid, counts as left."""
    turned: int = 0
    """Degrees counter-clockwise by which the network sees it: 0, 90, 180 or 270."""

    @property
    def phase(self) -> tuple[int, int]:
        """Where chroma lies right of and below even luma, in half luma samples."""
        return _PHASES[self.chroma_location]

    @cached_property
    def coefficients(self) -> Coefficients:
        """The numbers to compute with."""
        red, blue = LUMA_SHARES[self.matrix]
        green = 1 - red - blue
        unit = 1 << (self.depth - 8)
        peak = (1 << self.depth) - 1
        luma = float(peak if self.full_range else 219 * unit)
        chroma = float(peak if self.full_range else 224 * unit)
        f = np.float32
        return Coefficients(
            luma_offset=0 if self.full_range else 16 * unit,
            chroma_offset=128 * unit,
            luma_scale=f(1 / luma),
            red_of_cr=f(2 * (1 - red) / chroma / 16),
            green_of_cb=f(-2 * (1 - blue) * blue / green / chroma / 16),
            green_of_cr=f(-2 * (1 - red) * red / green / chroma / 16),
            blue_of_cb=f(2 * (1 - blue) / chroma / 16),
            share_red=f(red),
            share_green=f(green),
            share_blue=f(blue),
            luma_span=f(luma),
            cb_scale=f(chroma / (2 * (1 - blue))),
            cr_scale=f(chroma / (2 * (1 - red))),
            peak=peak,
        )


@dataclass(frozen=True, kw_only=True)
class Planes:
    """One 4:2:0 picture: arrays or tensors of uint8 or uint16, on host or device.

    Interleaved chroma (NV12, P010) is two views with a step of two samples.
    """

    luma: Any
    """[height, width]."""
    cb: Any
    """[half the height, half the width], rounded up; strides as those of `cr`."""
    cr: Any

    @property
    def height(self) -> int:
        """Rows of luma."""
        return int(self.luma.shape[0])

    @property
    def width(self) -> int:
        """Luma samples in a row."""
        return int(self.luma.shape[1])


@dataclass(frozen=True, kw_only=True)
class SeenPlanes(Planes):
    """A picture as it came, and what its neighbours in time make of it on the device.

    The network sees `light`.
    """

    light: Any
    """A tensor, RGB [3, height, width] in [0, 1], as the planes are stored."""
    removed: Any
    """A tensor [2]: what `DeviceCoverage` says of what the neighbours took."""
    ready: Any
    """The device's event behind which these are filled."""


@dataclass(frozen=True, kw_only=True)
class PlanePicture:
    """A picture of planes, and where its result goes: one of a batch."""

    planes: Planes
    """Of the host, or of the network's device."""
    form: PlaneForm
    out: Planes
    """Arrays of the host, as large as `planes`."""
    out_form: PlaneForm

    @property
    def shown_size(self) -> tuple[int, int]:
        """Height and width as the network sees the picture."""
        size = (self.planes.height, self.planes.width)
        return size[::-1] if self.form.turned in {90, 270} else size


def host_array(plane: Any) -> NDArray[Any]:
    """Returns a plane as an array of the host; from a device it is copied now."""
    if isinstance(plane, np.ndarray):
        return plane
    import torch  # whoever has a tensor has loaded it

    if plane.dtype != torch.uint16:
        return plane.cpu().numpy()
    # PyTorch does little with uint16; the same bits as int16 it copies any way.
    return plane.view(torch.int16).cpu().numpy().view(np.uint16)


def checked_planes(planes: Planes) -> Planes:
    """Returns the planes, which fit each other.

    Raises:
        ValueError: The chroma planes are not half as high and wide as luma.
    """
    half = ((planes.height + 1) // 2, (planes.width + 1) // 2)
    for name in ("cb", "cr"):
        shape = tuple(getattr(planes, name).shape)
        if shape != half:
            raise ValueError(
                f"Planes.{name} must be {list(half)} for luma of "
                f"{list(planes.luma.shape)}, got {list(shape)}."
            )
    return planes
