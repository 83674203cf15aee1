"""Rain that is made on a dry picture while an evaluation runs: the role of its maker.

Who makes it stands outside: the kinds of `training` are training's, which this package
must not import, so that a maker is handed in (docs/architecture.md).
"""

import zlib
from typing import Protocol

from evaluation.metrics.luma import RgbArray


class RainMaker(Protocol):
    """Makes rain of one kind; the same picture and seed give the same rain."""

    @property
    def name(self) -> str:
        """The kind, as a user asks for it: `heavy`, `falling:1.0`."""

    def __call__(self, picture: RgbArray, seed: int) -> RgbArray:
        """Returns the picture in rain, uint8 RGB of the same size."""


def seed_of(seed: int, name: str) -> int:
    """Returns the seed of one picture of a set.

    It depends on the picture's name and not on its place, so that a picture more or
    less leaves the rain of all others as it is.

    Args:
        seed: Of the whole set.
        name: The picture's path below its folder, without the suffix.
    """
    return zlib.crc32(f"{seed}/{name}".encode())
