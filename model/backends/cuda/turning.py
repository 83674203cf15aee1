"""Turns pictures on the device: upright for the network, and back for the planes.

Colours are converted as the planes are stored, since chroma lies to the left of luma
and not above it; what is turned is RGB in the network's own numbers.
"""

import torch
from torch import Tensor

QUARTER = 90
"""Degrees of a turn; all are counter-clockwise."""


def fill_turned(stored: Tensor, degrees: int, x: Tensor) -> None:
    """Fills the network's input with a turned picture.

    Args:
        stored: RGB [3, height, width], without padding.
        degrees: By which the network sees it turned.
        x: [3, padded height, padded width] of the turned picture; reflected to the
            right and down, as `planes_to_network` does it.
    """
    upright = torch.rot90(stored, degrees // QUARTER, (1, 2))
    height, width = upright.shape[1:]
    x[:, :height, :width] = upright
    beside, below = x.shape[2] - width, x.shape[1] - height
    if beside:
        x[:, :height, width:] = x[:, :height, width - 1 - beside : width - 1].flip(2)
    if below:
        x[:, height:] = x[:, height - 1 - below : height - 1].flip(1)


def fill_turned_back(y: Tensor, degrees: int, stored: Tensor) -> None:
    """Fills `stored` [3, height, width] from the network's output, without padding."""
    turns = degrees // QUARTER
    height, width = stored.shape[1:][::-1] if turns % 2 else stored.shape[1:]
    stored.copy_(torch.rot90(y[:, :height, :width], -turns, (1, 2)))
