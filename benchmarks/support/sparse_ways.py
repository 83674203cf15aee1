"""Ways to make pictures that a network left out, for `benchmarks.temporal.bench_fit`.

Each takes the frames of a clip, what the network makes of each of them, and how many
pictures lie between two that the network takes; 0: it takes none.
"""

from collections.abc import Callable, Sequence
from functools import partial

import cv2
import numpy as np

from model.backends.base import Backend
from model.motion.links import FINE, Motion, sampled
from model.pictures.pixels import RgbArray
from model.temporal.metered import MeteredNetwork
from model.temporal.neighbours import View, fuse
from model.temporal.sparse import FINE as COARSE
from model.temporal.stream import TemporalStream

Pictures = Sequence[RgbArray]
Way = Callable[[Backend, Pictures, Pictures, int], list[RgbArray]]


def network_on(network: Backend, frames: Pictures) -> list[RgbArray]:
    """Returns what the network makes of each frame."""
    outs = [np.empty_like(frame) for frame in frames]
    for frame, out in zip(frames, outs, strict=True):
        network.start(frame, out).wait()
    return outs


def _repeated(
    network: Backend, frames: Pictures, derained: Pictures, stride: int
) -> list[RgbArray]:
    """What a viewer sees today: the picture before, until the next one comes."""
    return [derained[i - i % stride] for i in range(len(frames))]


def _as_they_came(
    network: Backend, frames: Pictures, derained: Pictures, stride: int
) -> list[RgbArray]:
    return [
        frame if i % stride else clean
        for i, (frame, clean) in enumerate(zip(frames, derained, strict=True))
    ]


def _at_half_scale(
    network: Backend, frames: Pictures, derained: Pictures, stride: int
) -> list[RgbArray]:
    """The rain layer of the half picture, taken up and subtracted."""
    outs = list(derained)
    for i, frame in enumerate(frames):
        if i % stride:
            height, width = frame.shape[:2]
            small = cv2.resize(
                frame, (width // 2, height // 2), interpolation=cv2.INTER_AREA
            )
            half = np.asarray(small, np.uint8)
            layer = half.astype(np.int16) - network_on(network, [half])[0]
            whole = frame - cv2.resize(layer, (width, height))
            outs[i] = np.clip(whole, 0, 255).astype(np.uint8)
    return outs


def _warped(
    network: Backend, frames: Pictures, derained: Pictures, stride: int
) -> list[RgbArray]:
    """The last clean picture along the flow, and rain is what is brighter than it."""
    motion = Motion(COARSE)
    outs: list[RgbArray] = []
    for i, frame in enumerate(frames):
        link, out = motion.link(frame), frame.copy()
        if i % stride == 0:
            np.copyto(out, derained[i])
        elif link is not None:
            view = sampled(outs[-1], link.back.places, np.empty_like(frame))
            cv2.copyTo(frame, link.back.lost, view)
            fuse(frame, [View(view, link.back)] * 2, out)
        motion.replace_last(out)
        outs.append(out)
    return outs


def _from_neighbours(
    temporal: str,
    fine: int,
    network: Backend,
    frames: Pictures,
    derained: Pictures,
    stride: int,
) -> list[RgbArray]:
    """The temporal step on all pictures, before the network where it takes them."""
    metered = MeteredNetwork(network, lambda _ns: None, lambda: 0)
    metered.takes_all = False
    stream = TemporalStream(metered, temporal=temporal, gate="off", fine=fine)
    outs = [np.empty_like(frame) for frame in frames]
    flying = []
    for i, (frame, out) in enumerate(zip(frames, outs, strict=True)):
        metered.rests = not stride or (i - stream.delay) % stride != 0
        flying.append(stream.start(frame, out))
        if len(flying) > stream.delay:
            flying.pop(0).wait()
    for pending in flying:
        pending.wait()
    return outs


FLOWS: dict[str, Way] = {
    f"{temporal}, {name} flow": partial(_from_neighbours, temporal, fine)
    for temporal in ("causal", "centred")
    for name, fine in (("half", COARSE), ("full", FINE))
}
WAYS: dict[str, Way] = {
    "repeated": _repeated,
    "as they came": _as_they_came,
    "network at half scale": _at_half_scale,
    "last clean picture warped": _warped,
    **FLOWS,
}
