"""Pictures of any size: small ones are padded with their mirror image, then cropped.

Below 16 pixels a side cannot be reflected up to what the pyramid divides; thumbnails
and icons in a folder would end the run of all others.
"""

from collections.abc import Sequence

import numpy as np

from model.backends.base import Backend, Pending, PendingBase, WrappedBackend
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, PlanePicture, Planes

SMALLEST = 16
"""Pixels that a picture must at least be high and wide to go as it is."""


class AnySize(WrappedBackend):
    """A backend in front of another, which takes pictures from 16 pixels on."""

    def __init__(self, inner: Backend, multiple: int) -> None:
        """`multiple`: of what height and width the network works on."""
        super().__init__(inner)
        self._multiple = multiple

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to derain `picture` into `out`.

        Both are C-contiguous RGB [height, width, 3] of uint8, or of uint16 at full
        scale, of any size from one pixel on. They belong to the backend until `wait`
        of the result returns.

        Raises:
            ValueError: The pictures are not of that form.
        """
        _check(picture=picture, out=out)
        if self._goes_as_it_is(*picture.shape[:2]):
            return self.inner.start(picture, out)
        larger = self._mirrored(picture)
        made = np.empty_like(larger)
        return _CutOff(self.inner.start(larger, made), [made], [out])

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> Pending:
        """Begins to fill all `outs`; they are of one size."""
        if not pictures or self._goes_as_it_is(*pictures[0].shape[:2]):
            return self.inner.start_many(pictures, outs)
        larger = [self._mirrored(picture) for picture in pictures]
        made = [np.empty_like(picture) for picture in larger]
        return _CutOff(self.inner.start_many(larger, made), made, outs)

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`; None where the picture must come as pixels."""
        if not self._goes_as_it_is(planes.height, planes.width):
            return None
        return self.inner.start_planes(planes, form, out, out_form, watch=watch)

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        """Begins pictures of one size; None where they must come one by one."""
        first = pictures[0].planes
        if not self._goes_as_it_is(first.height, first.width):
            return None
        return self.inner.start_many_planes(pictures, watch=watch)

    def _goes_as_it_is(self, height: int, width: int) -> bool:
        return self._side(height) == height and self._side(width) == width

    def _mirrored(self, picture: RgbArray) -> RgbArray:
        """Returns the picture mirrored to the right and down, as large as need be."""
        height, width, _ = picture.shape
        below, right = self._side(height) - height, self._side(width) - width
        return np.pad(picture, ((0, below), (0, right), (0, 0)), mode="symmetric")

    def _side(self, length: int) -> int:
        """Returns how long a side must be: as it is, if the network can reflect it."""
        if length >= SMALLEST and -length % self._multiple < length:
            return length
        return max(SMALLEST, self._multiple)


class _CutOff(PendingBase):
    """Larger pictures under way, of which the upper left is what was asked for."""

    def __init__(
        self, pending: Pending, made: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> None:
        self._pending, self._made, self._outs = pending, made, outs

    def wait(self) -> None:
        """Returns when the outputs are filled; raises what went wrong."""
        self._pending.wait()
        for made, out in zip(self._made, self._outs, strict=True):
            np.copyto(out, made[: out.shape[0], : out.shape[1]])


def _check(*, picture: RgbArray, out: RgbArray) -> None:
    for name, pixels in (("picture", picture), ("out", out)):
        shape = pixels.shape
        if (
            pixels.dtype not in (np.uint8, np.uint16)
            or pixels.ndim != 3
            or shape[2] != 3
            or min(shape) < 1
            or not pixels.flags.c_contiguous
        ):
            raise ValueError(
                f"`{name}` must be C-contiguous uint8 or uint16 [height, width, 3]; "
                f"got {pixels.dtype} {list(shape)}."
            )
    if picture.shape != out.shape or picture.dtype != out.dtype:
        raise ValueError(
            f"`out` must be {picture.dtype} {list(picture.shape)} as `picture` is, "
            f"got {out.dtype} {list(out.shape)}."
        )
