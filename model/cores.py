"""How many cores this process may keep busy: those it may run on, or its quota of them.

A container's or a service's limit of processor time is no limit of cores: Linux shows
all of them. One thread on each then uses the quota up early in every tenth of a second,
and all stand still for the rest of it.
"""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model.errors import ModelError

_GROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_held: list[int] = []
"""How many this process was told to keep to, if it was."""


@dataclass(frozen=True, slots=True)
class ThreadLayout:
    """How the threads of a processor share pictures.

    They add in another order in another layout: of mspfn-lite in int8, 597 of 172,800
    values of a picture were a level off with one thread instead of two.
    """

    streams: int
    """Pictures that are computed at once."""
    threads: int
    """That compute, those of all streams together."""

    def __str__(self) -> str:
        """Returns it as people say it."""
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        return f"{threads} in {self.streams} stream{'s' if self.streams > 1 else ''}"


def threads_for(asked: int) -> int:
    """Returns how many threads compute: those asked for, or with 0 one on each core.

    Raises:
        ModelError: So many cores are not here.
    """
    here = cores()
    if asked > here:
        raise ModelError(f"{asked} threads were asked for; there are {here} cores.")
    return asked or here


def hold_to(count: int) -> None:
    """Keeps this process to so many cores, as one of several that share a machine.

    What is open already stays as it is.
    """
    _held[:] = [max(count, 1)]


def cores(groups: Path = _GROUPS, own: Path = _OWN) -> int:
    """Returns the number of cores, at least 1; of a quota also the part of one.

    Args:
        groups: Where the control groups are seen.
        own: Which of them this process is in.
    """
    free = len(os.sched_getaffinity(0))
    return min(free, quota(groups, own) or free, *_held)


def quota(groups: Path = _GROUPS, own: Path = _OWN) -> int | None:
    """Returns how many cores control groups allow the time of; None: no limit."""
    limits = [limit for folder in _folders(groups, own) for limit in _limits(folder)]
    return max(math.ceil(min(limits)), 1) if limits else None


def _folders(groups: Path, own: Path) -> Iterator[Path]:
    """Yields the groups of this process that may limit it, of both versions.

    Lines are `0::/group` in version 2, `4:cpu,cpuacct:/group` in version 1: `man 7
    cgroups`. A limit of a group above counts, too. In a container the group may be
    named as outside, while its own files lie at the top.
    """
    if not own.is_file():
        return
    for line in own.read_text(encoding="utf-8").splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = groups / controllers if controllers else groups
        below = Path(group.lstrip("/"))
        yield from (top / part for part in (below, *below.parents))


def _limits(folder: Path) -> Iterator[float]:
    try:
        if (both := folder / "cpu.max").is_file():
            time, period = both.read_text(encoding="ascii").split()
        elif (first := folder / "cpu.cfs_quota_us").is_file():
            time = first.read_text(encoding="ascii").strip()
            period = (folder / "cpu.cfs_period_us").read_text(encoding="ascii")
        else:
            return
        if time not in {"max", "-1"}:
            yield int(time) / int(period)
    except (OSError, ValueError):  # hidden, or of a form to come: no limit is known
        return
