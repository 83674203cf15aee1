"""Pictures under way on a CUDA device."""

from model.backends.base import Pending, PendingBase
from model.backends.cuda.jobs import CoverageJob
from model.backends.cuda.plan import Slot
from model.errors import lost_device


class CudaPending(PendingBase):
    """A batch on its way; keeps what it reads alive through its slot."""

    def __init__(self, slot: Slot, ticket: int, device: str) -> None:
        """`ticket`: the number of the batch in its slot."""
        self._slot, self._ticket, self._device = slot, ticket, device

    def wait(self) -> None:
        """Returns when the results are there; raises what went wrong."""
        try:
            self._slot.complete(self._ticket)
        except RuntimeError as error:
            raise lost_device(self._device, error) from error


class CoveragePending(PendingBase):
    """A picture under way that knows in the end how much rain was taken out of it."""

    def __init__(self, pending: Pending, job: CoverageJob) -> None:
        """`job` is one of those that `pending` waits for."""
        self._pending, self._job = pending, job

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong."""
        self._pending.wait()
        self.coverage = self._job.coverage
