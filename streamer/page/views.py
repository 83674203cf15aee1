"""What the page shows, as values: each stream, each file, and the program itself."""

import os
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from streamer.live.metrics.counters import LiveSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The files that a stream's recorder keeps."""

    count: int
    size_bytes: int
    newest: str
    """Name of the file that was begun last, without its folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProgress:
    """How far the run of a file is."""

    frames_done: int
    frames_total: int | None
    """None where the source does not say how many come."""
    fps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamView:
    """One stream or file at one moment."""

    snapshot: LiveSnapshot | None = None
    progress: FileProgress | None = None
    coverage_of_file: float | None = None
    """Rain taken out of a file's newest picture, in per cent; None: not counted."""
    recordings: Recordings | None = None
    video: bool = False
    """Whether it is encoded for viewers, so that a browser can show it itself."""

    @property
    def coverage(self) -> float | None:
        """Rain taken out of the newest picture, in per cent; None: not counted."""
        shot = self.snapshot
        return self.coverage_of_file if shot is None else shot.coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The program and its network: the head of the page."""

    version: str
    network: str
    device: str
    precision: str
    backend: str
    slots: int
    changes: str = ""
    """How long a change over the page lasts; empty where none is allowed."""


Feed = Callable[[], Mapping[str, StreamView]]
"""Returns what is shown now, by the streams' names; called once a second."""


def view_as_json(view: StreamView) -> dict[str, object]:
    """Returns a stream as plain values."""
    shown: dict[str, object] = {}
    if view.snapshot is not None:
        problem = view.snapshot.problem
        shown |= asdict(view.snapshot) | {"healthy": not problem, "problem": problem}
    shown["coverage"] = view.coverage
    shown["video"] = view.video
    if view.progress is not None:
        shown["progress"] = asdict(view.progress) | {"eta_seconds": _eta(view.progress)}
    if view.recordings is not None:
        shown["recordings"] = asdict(view.recordings)
    return shown


def _eta(progress: FileProgress) -> float | None:
    if not progress.frames_total or progress.fps <= 0:
        return None
    left = max(progress.frames_total - progress.frames_done, 0)
    return round(left / progress.fps, 1)


class ProcessLoad:
    """Processor time and memory of this process.

    Args:
        now: Seconds of a monotonic clock.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._then, self._used = now(), _cpu_seconds()

    def __call__(self) -> dict[str, float]:
        """Returns `cpu`, cores in use since the last call, and `memory_mib`."""
        now, used = self._now(), _cpu_seconds()
        cpu = (used - self._used) / max(now - self._then, 1e-3)
        self._then, self._used = now, used
        return {"cpu": round(cpu, 2), "memory_mib": round(_resident_mib())}


def _cpu_seconds() -> float:
    times = resource.getrusage(resource.RUSAGE_SELF)
    return times.ru_utime + times.ru_stime


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
