"""Which backend is the fastest here: measured at the first start, remembered after it.

The answer depends on the machine, the network and the versions of everything; whoever
believes to know it is wrong on the next machine.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from model.errors import ModelError
from model.graph_cache import cache_folder
from model.pending import Backend, Pixels

_LOG = logging.getLogger("derain.choice")
_SIZE = (96, 160)
"""Small: the largest network takes a second for it on two cores in PyTorch."""
_ROUNDS = 3
_ENOUGH_S = 1.0
"""No further round begins for a backend that has had this long."""

Rivals = Mapping[str, Callable[[], Backend]]
"""How to open each backend, by its name."""


def fastest(
    rivals: Rivals,
    key: str,
    *,
    size: tuple[int, int] = _SIZE,
    now_s: Callable[[], float] = time.perf_counter,
) -> str:
    """Returns the name of the backend that takes the least time for a picture.

    Args:
        rivals: At least one. One that cannot be opened or run is left out.
        key: Changes with everything that decides which is the fastest.
        size: Height and width of the picture.
        now_s: The clock, in seconds.

    Raises:
        ModelError: None can be opened; it is the last one's reason.
    """
    if len(rivals) == 1:
        return next(iter(rivals))
    path = cache_folder() / "fastest.json"
    known = _known(path)
    entry = f"{', '.join(rivals)}: {key}"
    if known.get(entry) not in rivals:
        what = f"{key.partition(',')[0]}: {', '.join(rivals)}"
        _LOG.info("measuring the fastest way on this machine, once (%s)", what)
        known[entry] = _measured(rivals, size, now_s)
        _keep(known, path)
    return known[entry]


def remembered(device: str) -> dict[str, str]:
    """Returns what was found the fastest on this machine, by what it was asked for."""
    key = f", {machine_key(device)}"
    return {
        entry.partition(": ")[2].removesuffix(key): choice
        for entry, choice in _known(cache_folder() / "fastest.json").items()
        if entry.endswith(key)
    }


def machine_key(device: str) -> str:
    """Returns what of machine and versions decides how fast a backend is."""
    if device == "cpu":
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            names = [line for line in lines if line.startswith("model name")]
        processor = names[0].partition(":")[2].strip() if names else "unknown"
        where = f"{len(os.sched_getaffinity(0))} x {processor}"
        return f"{where}, torch {torch.__version__}, openvino {version('openvino')}"
    return f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}"


def _measured(rivals: Rivals, size: tuple[int, int], now_s: Callable[[], float]) -> str:
    times: dict[str, float] = {}
    reason = ModelError("There is no backend to choose from.")
    for name, open_backend in rivals.items():
        try:
            times[name] = _seconds_a_picture(open_backend, size, now_s)
        except ModelError as fault:
            reason = fault
    if not times:
        raise reason
    return min(times, key=times.__getitem__)


def _seconds_a_picture(
    open_backend: Callable[[], Backend],
    size: tuple[int, int],
    now_s: Callable[[], float],
) -> float:
    """Returns the best of a few rounds: load from outside only ever adds."""
    backend = open_backend()
    try:
        pictures = [np.zeros((*size, 3), np.uint8) for _ in range(backend.slots)]
        outs = [np.empty_like(picture) for picture in pictures]
        _round(backend, pictures, outs)
        begun = now_s()
        times: list[float] = []
        while len(times) < _ROUNDS and (not times or now_s() - begun < _ENOUGH_S):
            before = now_s()
            _round(backend, pictures, outs)
            times.append((now_s() - before) / len(pictures))
        return min(times)
    finally:
        backend.close()


def _round(backend: Backend, pictures: list[Pixels], outs: list[Pixels]) -> None:
    under_way = [backend.start(*pair) for pair in zip(pictures, outs, strict=True)]
    for pending in under_way:
        pending.wait()


def _known(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _keep(known: Mapping[str, str], path: Path) -> None:
    """Two processes may write at once: each moves a whole file to its place."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)
