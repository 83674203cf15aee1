"""Preallocated pictures that go round between the network and the encoder."""

from dataclasses import dataclass, field

import numpy as np

from sources.channel import Channel
from sources.frame import RgbArray


def _nothing() -> RgbArray:
    return np.empty((0, 0, 3), np.uint8)


@dataclass(slots=True, eq=False)
class Slot:
    """The two pictures of one request; memory is kept while the shape stays."""

    picture: RgbArray = field(default_factory=_nothing)
    """What goes into the network, RGB [height, width, 3]."""
    out: RgbArray = field(default_factory=_nothing)
    """What comes out of it, of the same shape and type."""

    def fit(self, height: int, width: int, *, deep: bool) -> None:
        """Makes room for a picture of this size, 16 bit if `deep`."""
        kind = np.uint16 if deep else np.uint8
        shape = (height, width, 3)
        if self.picture.shape == shape and self.picture.dtype == kind:
            return
        if deep:
            self.picture, self.out = np.zeros(shape, "u2"), np.zeros(shape, "u2")
        else:
            self.picture, self.out = np.zeros(shape, "u1"), np.zeros(shape, "u1")


def slot_pool(count: int) -> Channel[Slot]:
    """Returns a channel that holds `count` free slots."""
    pool: Channel[Slot] = Channel(count)
    for _ in range(count):
        pool.put(Slot())
    return pool
