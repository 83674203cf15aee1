"""A number that a GPU has and the host wants to tell, without waiting for it."""

import torch
from torch import Tensor


class AsyncScalar:
    """A number of each step for the host, which does not wait for a GPU to have it.

    On a GPU it is that of the step before. Asked for this step's, the host would stand
    still until the GPU is done, and then the GPU until the host has prepared the next.
    """

    def __init__(self) -> None:
        self._last: Tensor | None = None
        self._there: torch.cuda.Event | None = None

    def put(self, number: Tensor) -> float:
        """Takes this step's number, and returns the last one that is there."""
        if not number.is_cuda:
            self._last = number.detach()
            return self.wait()
        before = self.wait() if self._last is not None else None
        self._last = torch.empty((), pin_memory=True)
        self._last.copy_(number.detach(), non_blocking=True)
        self._there = torch.cuda.Event()  # type: ignore[no-untyped-call]  # no stub
        self._there.record()
        return self.wait() if before is None else before

    def wait(self) -> float:
        """Returns the number that was put last; 0 if there was none."""
        if self._there is not None:
            self._there.synchronize()
        return 0.0 if self._last is None else float(self._last)
