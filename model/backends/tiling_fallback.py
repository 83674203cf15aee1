"""Goes on in tiles when a picture does not fit the device's memory.

Whoever waits gets the picture all the same: running out of memory costs time once, and
no picture.
"""

import logging
from collections.abc import Sequence

from model.backends.base import Backend, Pending, PendingBase, WrappedBackend
from model.backends.tiling import TiledBackend
from model.errors import ModelError, out_of_memory_errors
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, PlanePicture, Planes

_TILES = (1024, 512, 256)
_LOG = logging.getLogger("derain.memory")


class TilingFallback(WrappedBackend):
    """A backend in front of another, which has too little memory for some pictures."""

    def __init__(self, inner: Backend, multiple: int) -> None:
        """`multiple`: the grid that tiles stand on."""
        super().__init__(inner)
        self.notes = self._said = [*inner.notes]
        self._multiple = multiple
        self._tiled: TiledBackend | None = None
        self._too_large: int | None = None

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`, in tiles where it must be."""
        if not self._fits(*picture.shape[:2]):
            return self._in_tiles(picture, out)
        try:
            pending = self.inner.start(picture, out)
        except out_of_memory_errors():
            return self._in_tiles(picture, out)
        return _MayNotFit(self, pending, picture, out)

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
        if not self._fits(planes.height, planes.width):
            return None
        try:
            return self.inner.start_planes(planes, form, out, out_form, watch=watch)
        except out_of_memory_errors():
            self._go_on_in_tiles(planes.height, planes.width)
            return None

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        """Begins pictures of one size; None where one of them alone is too large."""
        if not self._fits(pictures[0].planes.height, pictures[0].planes.width):
            return None
        return self.inner.start_many_planes(pictures, watch=watch)

    def retried(self, picture: RgbArray, out: RgbArray) -> None:
        """Fills `out` after all, in tiles."""
        self._in_tiles(picture, out).wait()

    def cancel(self) -> None:
        """Gives up pictures under way, in tiles or whole."""
        (self._tiled or self.inner).cancel()

    def close(self) -> None:
        """Closes what is inside; may be called twice."""
        if self._tiled is not None:
            self._tiled.close()
        self.inner.close()

    def _fits(self, height: int, width: int) -> bool:
        return self._too_large is None or height * width < self._too_large

    def _in_tiles(self, picture: RgbArray, out: RgbArray) -> Pending:
        tiled = self._go_on_in_tiles(*picture.shape[:2])
        return _InTiles(tiled.start(picture, out), self.device)

    def _go_on_in_tiles(self, height: int, width: int) -> TiledBackend:
        if self._tiled is None:
            side = next((side for side in _TILES if 2 * side <= max(height, width)), 0)
            if not side:
                raise ModelError(
                    f"A picture of {width}x{height} does not fit the memory of "
                    f"{self.device}, and is too small for tiles."
                )
            note = (
                f"the memory of {self.device} does not hold a picture of "
                f"{width}x{height}: going on in tiles of {side}, which is slower"
            )
            _LOG.warning(note)
            self._said.append(note)
            self._tiled = TiledBackend(self.inner, side, self._multiple)
        if self._fits(height, width):
            self._too_large = height * width
        return self._tiled


class _InTiles(PendingBase):
    """A picture under way in tiles; there is no smaller way."""

    def __init__(self, pending: Pending, device: str) -> None:
        self._pending, self._device = pending, device

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong."""
        try:
            self._pending.wait()
        except out_of_memory_errors():
            raise ModelError(
                f"The memory of {self._device} does not hold a picture in tiles either."
            ) from None


class _MayNotFit(PendingBase):
    """A picture under way that is done again in tiles if the memory runs out."""

    def __init__(
        self,
        backend: TilingFallback,
        pending: Pending,
        picture: RgbArray,
        out: RgbArray,
    ) -> None:
        self._backend, self._pending = backend, pending
        self._picture, self._out = picture, out

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong."""
        try:
            self._pending.wait()
        except out_of_memory_errors():
            self._backend.retried(self._picture, self._out)
