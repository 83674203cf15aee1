"""How fast a network is alone: all its slots busy, as a file is derained."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np

from model import Derainer, ModelError
from model.backends.base import Backend
from model.cost import BYTES

How = tuple[str, str, str]
"""Device, backend and precision, as a user asks for them."""


def every_precision(name: str, how: How) -> Iterator[Derainer]:
    """Yields a network in each precision it can be had in here, of those asked for.

    Each is closed when the next one is asked for.
    """
    if how[2] != "auto":
        with opened(name, how) as derainer:
            yield derainer
        return
    for precision in BYTES:
        try:
            derainer = Derainer(
                name, device=how[0], backend=how[1], precision=precision
            )
        except ModelError:
            continue  # not in this one
        with closing(derainer):
            yield derainer


def opened(name: str, how: How) -> "closing[Derainer]":
    """Opens a network for a `with`."""
    device, backend, precision = how
    return closing(Derainer(name, device=device, backend=backend, precision=precision))


def speed(derainer: Backend, size: tuple[int, int], seconds: float) -> dict[str, Any]:
    """Returns frames a second; at least three rounds, and about so many seconds."""
    times = timed(all_slots(derainer, size), seconds)
    slots = derainer.slots
    fps = slots / statistics.median(times)
    return {
        "model": derainer.model,
        "width": size[0],
        "height": size[1],
        "device": derainer.device,
        "backend": derainer.backend,
        "precision": derainer.precision,
        "slots": slots,
        "fps": round(fps, 3),
        "fps_slowest": round(slots / max(times), 3),
        "fps_fastest": round(slots / min(times), 3),
        "streams_at_30_fps": int(fps // 30),
    }


def all_slots(derainer: Backend, size: tuple[int, int]) -> Callable[[], None]:
    """Returns what derains one picture in each slot, all at once."""
    width, height = size
    rng = np.random.default_rng(0)
    pictures = [
        rng.integers(0, 256, (height, width, 3), np.uint8)
        for _ in range(derainer.slots)
    ]
    outs = [np.empty_like(picture) for picture in pictures]

    def once() -> None:
        pairs = zip(pictures, outs, strict=True)
        for pending in [derainer.start(*pair) for pair in pairs]:
            pending.wait()

    return once


def timed(action: Callable[[], None], seconds: float) -> list[float]:
    """Returns times of an action, in seconds; after one that is not counted."""
    action()
    times: list[float] = []
    while len(times) < 3 or sum(times) < seconds:
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return times
