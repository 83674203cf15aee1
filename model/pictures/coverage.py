"""How much of a picture rain was taken out of: what the rain gate judges by.

Rain is everywhere in a picture, and what a network takes for rain in a dry one is in
places: railings, grass, foliage. So the picture is divided into blocks, and many blocks
with a little removed count for more than a few with much.
"""

from typing import Any

import cv2
import numpy as np

from model.pictures.pixels import RgbArray

REMOVED = 3
"""Light, 0 to 255, from which a pixel counts as removed."""
BLOCKS = 12
"""Blocks along each side of the picture."""
SPARED = 0.5
"""Percent that the neighbours take out of a dry clip, too."""


def coverage(frame: RgbArray, derained: RgbArray) -> float:
    """Returns how much of the picture rain was removed from, in percent.

    The square of the mean root over 12x12 blocks of the share of pixels that lost
    light: the plain share if it is the same everywhere, less if it is in places.

    Args:
        frame: RGB [height, width, 3], uint8 or uint16 at full scale.
        derained: What the network made of it, of the same form.
    """
    removed: Any = cv2.cvtColor(cv2.subtract(frame, derained), cv2.COLOR_RGB2GRAY)
    scale = 1 if frame.dtype == np.uint8 else 257
    hit = (removed > REMOVED * scale).astype(np.float32)
    shares = cv2.resize(hit, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
    return 100 * float(np.mean(np.sqrt(shares))) ** 2


def coverage_of_both(network: float, neighbours: float) -> float:
    """Returns the coverage of what the network and a frame's neighbours took out.

    The neighbours count half, and only what is more than in dry clips: in a fast dry
    pan they find up to 1.3 % and the network nothing, in a drizzle 1.2 % and more and
    the network some.

    Args:
        network: Coverage of what the network took out, in percent.
        neighbours: Of what the neighbours took out before it.
    """
    return network + max(neighbours / 2 - SPARED, 0)
