"""Which backend is the fastest here: measured at the first start, remembered after it.

The answer depends on the machine, the network and the versions of everything; whoever
believes to know it is wrong on the next machine.
"""

import logging
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from model.backends.base import Backend
from model.backends.cache import cache_folder, changed_values, kept_values
from model.cores import cores
from model.errors import ModelError
from model.long_calls import is_interrupted

_LOG = logging.getLogger("derain.autotune")
_DRIVER = Path("/sys/module/nvidia/version")
_CPUINFO = Path("/proc/cpuinfo")
_PARTS_OF_ARM = ("CPU implementer", "CPU part", "CPU variant")
"""By these Linux tells a processor that has no name for people."""
_SIZE = (96, 160)
"""Small: the largest network takes a second for it on two cores in PyTorch."""
_ROUNDS = 6
_ENOUGH_S = 1.0
"""No further round begins for a backend that has had this long."""

BUSY = " (measured while the machine was busy)"
"""Follows a choice that is to be measured again."""

Candidates = Mapping[str, Callable[[], Backend]]
"""How to open each backend, by its name."""


def fastest(
    candidates: Candidates,
    key: str,
    *,
    size: tuple[int, int] = _SIZE,
    now_s: Callable[[], float] = time.perf_counter,
    busy: Callable[[], bool] = lambda: False,
) -> str:
    """Returns the name of the backend that takes the least time for a picture.

    It is measured once; what was measured on a busy machine holds until a start finds
    the machine quiet, which measures again.

    Args:
        candidates: At least one. One that cannot be opened or run is left out.
        key: Changes with everything that decides which is the fastest.
        size: Height and width of the picture.
        now_s: The clock, in seconds.
        busy: Says whether others keep the machine busy.

    Raises:
        ModelError: None can be opened; it is the last one's reason.
    """
    if len(candidates) == 1:
        return next(iter(candidates))
    path = cache_folder() / "fastest.json"
    entry = f"{', '.join(candidates)}: {key}"
    chosen, provisional = _parted(kept_values(path).get(entry, ""))
    loaded = busy()
    if chosen not in candidates or (provisional and not loaded):
        what = f"{key.partition(',')[0]}: {', '.join(candidates)}"
        _LOG.info("measuring the fastest way on this machine, once (%s)", what)
        measured = _measured(candidates, size, now_s)
        chosen = _agreed(entry, measured, candidates, path, loaded=loaded)
    return chosen


def is_busy(device: str) -> bool:
    """Returns whether others keep a CPU busy; of a GPU nothing is known."""
    return device == "cpu" and os.getloadavg()[0] > cores()


def clock_for(device: str) -> Callable[[], float]:
    """Returns the clock to measure by, in seconds.

    On a CPU that others keep busy it is this process's time on the processor: there
    PyTorch was once found faster than OpenVINO on the wall, for 7 times the work.
    """
    return time.process_time if is_busy(device) else time.perf_counter


def remembered(device: str) -> dict[str, str]:
    """Returns what was found the fastest on this machine, by what it was asked for."""
    key = f", {machine_key(device)}"
    found = {}
    for entry, kept in kept_values(cache_folder() / "fastest.json").items():
        if entry.endswith(key):
            choice, provisional = _parted(kept)
            what = entry.partition(": ")[2].removesuffix(key)
            found[what + BUSY * provisional] = choice
    return found


def machine_key(device: str) -> str:
    """Returns what of machine and versions decides how fast a backend is."""
    if device == "cpu":
        where = f"{cores()} x {hardware_name(device)}"
        return f"{where}, torch {version('torch')}, openvino {version('openvino')}"
    if device.startswith("intel"):
        return f"{hardware_name(device)}, openvino {version('openvino')}"
    import torch

    parts = {
        "driver": _said_in(_DRIVER),
        "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]  # no stub
        "torch": torch.__version__,
        "triton": version("triton") if find_spec("triton") else "none",
    }
    said = ", ".join(f"{name} {value}" for name, value in parts.items())
    return f"{hardware_name(device)}, {said}"


def hardware_name(device: str) -> str:
    """Returns what the maker calls the processor, or the GPU."""
    if device.startswith("intel"):
        from model.backends.openvino import devices

        return devices.hardware_name(device)
    if device != "cpu":
        import torch

        return str(torch.cuda.get_device_name(device))
    with _CPUINFO.open(encoding="utf-8") as lines:
        told = [line.partition(":")[::2] for line in lines if ":" in line]
    first = {name.strip(): value.strip() for name, value in reversed(told)}
    parts = [first[name] for name in _PARTS_OF_ARM if name in first]
    return first.get("model name") or " ".join(parts) or "unknown"


def _said_in(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def _measured(
    candidates: Candidates, size: tuple[int, int], now_s: Callable[[], float]
) -> str:
    """Returns the name of the fastest; they take turns, so that load meets them all."""
    trials: dict[str, _Trial] = {}
    reason = ModelError("There is no backend to choose from.")
    with ExitStack() as opened:
        for name, open_backend in candidates.items():
            try:
                backend = opened.enter_context(_closed_at_once(open_backend()))
                trials[name] = _Trial(backend, size, now_s)
            except ModelError as error:
                _LOG.info("%s is not measured: %s", name, error)
                reason = error
        for _turn in range(_ROUNDS):
            for trial in trials.values():
                trial.take_turn()
    if not trials:
        raise reason
    return min(trials, key=lambda name: trials[name].best_s)


@contextmanager
def _closed_at_once(backend: Backend) -> Iterator[Backend]:
    """Closes a backend; after Ctrl-C without what it still has under way."""
    try:
        yield backend
    finally:
        if is_interrupted():
            backend.cancel()
        backend.close()


class _Trial:
    """One backend's rounds; the best counts, for load from outside only ever adds."""

    def __init__(
        self, backend: Backend, size: tuple[int, int], now_s: Callable[[], float]
    ) -> None:
        """Runs a round that does not count: it compiles."""
        self.best_s = math.inf
        self._spent_s = 0.0
        self._backend, self._now_s = backend, now_s
        self._pictures = [np.zeros((*size, 3), np.uint8) for _ in range(backend.slots)]
        self._outs = [np.empty_like(picture) for picture in self._pictures]
        self._round()

    def take_turn(self) -> None:
        """Runs a round, unless it has had enough time."""
        if self._spent_s < _ENOUGH_S:
            before = self._now_s()
            self._round()
            seconds = self._now_s() - before
            self._spent_s += seconds
            self.best_s = min(self.best_s, seconds / len(self._pictures))

    def _round(self) -> None:
        pairs = zip(self._pictures, self._outs, strict=True)
        for pending in [self._backend.start(*pair) for pair in pairs]:
            pending.wait()


def _parted(kept: object) -> tuple[str, bool]:
    """Returns a choice, and whether it is to be measured again."""
    kept = str(kept)
    return kept.removesuffix(BUSY), kept.endswith(BUSY)


def _agreed(
    entry: str, measured: str, candidates: Candidates, path: Path, *, loaded: bool
) -> str:
    """Keeps a choice and returns what holds: that of who kept one in the meantime.

    Two programs that start together then choose alike, and so compute alike: with
    another number of streams a value in some thousand differs by a level.
    """
    with changed_values(path) as known:
        chosen, provisional = _parted(known.get(entry, ""))
        if chosen in candidates and (loaded or not provisional):
            return chosen
        known[entry] = measured + BUSY * loaded
    return measured
