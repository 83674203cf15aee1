"""Pictures too small for the network: it gets them mirrored, and the rest is cut off.

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


class SmallPictures(WrappedBackend):
    """A backend in front of another, which takes pictures from 16 pixels on."""

    def __init__(self, inner: Backend, multiple: int) -> None:
        """`multiple`: of what height and width the network works on."""
        super().__init__(inner)
        self._multiple = multiple

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`, by way of larger pictures where it must be."""
        larger = self._enlarged(picture)
        if larger is None:
            return self.inner.start(picture, out)
        made = np.empty_like(larger)
        return _CutOff(self.inner.start(larger, made), [made], [out])

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> Pending:
        """Begins to fill all `outs`; they are of one size."""
        larger = [self._enlarged(picture) for picture in pictures]
        ready = [picture for picture in larger if picture is not None]
        if not ready:
            return self.inner.start_many(pictures, outs)
        made = [np.empty_like(picture) for picture in ready]
        return _CutOff(self.inner.start_many(ready, made), made, outs)

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
        size = planes.height, planes.width
        if size != (self._side(size[0]), self._side(size[1])):
            return None
        return self.inner.start_planes(planes, form, out, out_form, watch=watch)

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        """Begins pictures of one size; None where they must come one by one."""
        size = pictures[0].planes.height, pictures[0].planes.width
        if size != (self._side(size[0]), self._side(size[1])):
            return None
        return self.inner.start_many_planes(pictures, watch=watch)

    def _enlarged(self, picture: RgbArray) -> RgbArray | None:
        """Returns the picture mirrored to the right and down; None if it is large."""
        height, width, _ = picture.shape
        below, right = self._side(height) - height, self._side(width) - width
        if not below and not right:
            return None
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
