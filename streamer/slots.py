"""Preallocated pictures that go round between the network and the encoder."""

from dataclasses import dataclass, field

import numpy as np

from streamer.channel import Channel
from streamer.colour import Picture


def _nothing() -> Picture:
    return np.empty((0, 0, 3), np.uint8)


@dataclass(slots=True, eq=False)
class Slot:
    """The two pictures of one request; memory is kept while the shape stays."""

    picture: Picture = field(default_factory=_nothing)
    """What goes into the network, RGB [height, width, 3]."""
    out: Picture = field(default_factory=_nothing)
    """What comes out of it, of the same shape and type."""

    def fit(self, height: int, width: int, *, deep: bool) -> None:
        """Makes room for a picture of this size, 16 bit if `deep`."""
        kind = np.uint16 if deep else np.uint8
        if self.picture.shape != (height, width, 3) or self.picture.dtype != kind:
            self.picture = np.zeros((height, width, 3), kind)
            self.out = np.zeros((height, width, 3), kind)


def slot_pool(count: int) -> Channel[Slot]:
    """Returns a channel that holds `count` free slots."""
    pool: Channel[Slot] = Channel(count)
    for _ in range(count):
        pool.put(Slot())
    return pool
