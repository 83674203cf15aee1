"""The job of a picture that the temporal step has changed before the network."""

from collections.abc import Callable

from model.backends.cuda.jobs import Kernels, PlaneJob
from model.backends.cuda.plan import Slot
from model.backends.cuda.turning import fill_turned
from model.pictures.planes import PlanePicture, SeenPlanes


class SeenJob(PlaneJob):
    """Loads what the temporal step made of a picture."""

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
