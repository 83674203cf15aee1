"""The job of a picture that the temporal step has changed before the network."""

from collections.abc import Callable

import torch

from model.backends.cuda.jobs import Kernels, PlaneJob
from model.backends.cuda.plan import Slot
from model.backends.cuda.turning import fill_turned, fill_turned_back
from model.pictures.planes import PlanePicture, Planes, SeenPlanes


class SeenJob(PlaneJob):
    """Loads what the temporal step made of a picture; mixes the result with it."""

    def __init__(
        self, kernels: Kernels, picture: PlanePicture, seen: SeenPlanes
    ) -> None:
        """`seen` is the picture's planes."""
        super().__init__(kernels, picture)
        self._seen = seen
        self.ready, self.removed = seen.ready, seen.removed
        self.load_form = self.unload_form = None

    def upload(self, slot: Slot, index: int) -> Callable[[], None]:
        """Returns what fills the network's input; it lies on the device already."""
        x, light, degrees = slot.x[index], self._seen.light, self._form.turned
        return lambda: fill_turned(light, degrees, x)

    def _unloader(self, slot: Slot, index: int) -> Callable[[Planes], None]:
        y, form = slot.y[index], self._out_form
        light, doubt = self._seen.light, self._seen.doubt
        mixed = slot.buffer("device mixed", index, (3, *self._stored), torch.float32)

        def unload(planes: Planes) -> None:
            fill_turned_back(y, form.turned, mixed)
            mixed.nan_to_num_(0).clamp_(0, 1)
            mixed.sub_(light).mul_(doubt).add_(light)
            self._kernels.network_to_planes(mixed, form, planes)

        return unload
