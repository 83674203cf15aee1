"""How much of a picture rain was removed from, counted where the network runs.

The same measure as `model.pictures.coverage.coverage`, which a test holds it to.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from model.pictures.coverage import BLOCKS, REMOVED

_GREY = (0.299, 0.587, 0.114)


class DeviceCoverage:
    """Counts for pictures of one size; keeps its own small tensors on the device."""

    def __init__(self, height: int, width: int, device: str) -> None:
        """Takes the size of the pictures without their padding."""
        self._height, self._width = height, width
        self._rows = _shares(height, device)
        self._columns = _shares(width, device)

    def __call__(
        self,
        before: Float[Tensor, "batch 3 _ _"],
        after: Float[Tensor, "batch 3 _ _"],
    ) -> Float[Tensor, "batch 2"]:
        """Returns the coverage in percent, as of 8-bit pictures and as of deeper ones.

        Both are RGB in [0, 1] or about it, padded at the right and lower edge. 8-bit
        pictures are compared in whole levels.
        """
        whole = self._percent(self._levels(before).round(), self._levels(after).round())
        fine = self._percent(self._levels(before), self._levels(after), rounded=False)
        return torch.stack((whole, fine), dim=1)

    def _levels(self, light: Tensor) -> Tensor:
        cropped = light[:, :, : self._height, : self._width].float()
        return cropped.clamp(0, 1) * 255

    def _percent(
        self, before: Tensor, after: Tensor, *, rounded: bool = True
    ) -> Tensor:
        red, green, blue = (before - after).clamp_min(0).unbind(1)
        grey = _GREY[0] * red + _GREY[1] * green + _GREY[2] * blue
        # A grey value of whole levels is rounded before it is compared: 3.5 becomes 4.
        hit = grey >= REMOVED + 0.5 if rounded else grey > REMOVED
        shares = self._rows @ hit.float() @ self._columns.T
        return 100 * shares.sqrt().mean((1, 2)) ** 2


def _shares(length: int, device: str) -> Float[Tensor, "blocks length"]:
    """Returns how much of each block along a side each sample is; rows add up to 1."""
    block = length / BLOCKS
    begins = torch.arange(BLOCKS, dtype=torch.float64)[:, None] * block
    samples = torch.arange(length, dtype=torch.float64)[None]
    overlap = torch.minimum(samples + 1, begins + block) - torch.maximum(
        samples, begins
    )
    return (overlap.clamp_min(0) / block).float().to(device)
