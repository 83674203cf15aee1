"""One line a second on how a live run is doing."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Event

from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.watch import watching

FIGURES_SECONDS = 60.0
_LOG = logging.getLogger("derain.stream")
Snapshots = Callable[[], Mapping[str, LiveSnapshot]]


def line_for(shot: LiveSnapshot, before: LiveSnapshot | None) -> str:
    """Returns the line; `before` is the snapshot of a second ago."""
    state = f"{shot.state} ({shot.cause})" if shot.cause else shot.state
    if shot.warning:
        state = f"{state} ({shot.warning})"
    if shot.overloaded:
        fit = "" if shot.fit.sparse else "--fit auto, "
        state = f"overloaded (use {fit}--size, --rate, or a faster --model or --device)"
    times = shot.latency_ms
    causes = ", ".join(f"{cause} {n}" for cause, n in sorted(shot.dropped.items()))
    parts = [
        state,
        *([shot.fit.text] if shot.fit.text else []),
        f"in {shot.fps_in:.1f} fps",
        f"out {shot.fps_out:.1f} fps",
        f"latency {times.p50_ms:.0f}/{times.p95_ms:.0f} ms",
        f"dropped {sum(shot.dropped.values())}" + (f" ({causes})" if causes else ""),
        f"reconnects {shot.reconnects}",
    ]
    if shot.bytes_sent is not None and before and before.bytes_sent is not None:
        parts.append(f"{(shot.bytes_sent - before.bytes_sent) * 8 / 1000:.0f} kbit/s")
    parts += [output.problem for output in shot.outputs if output.problem]
    viewers = [output.viewers for output in shot.outputs if output.viewers is not None]
    if viewers:
        parts.append(f"viewers {sum(viewers)}")
    return " | ".join(parts)


@contextmanager
def figures_logged(
    snapshots: Snapshots, every_seconds: float = FIGURES_SECONDS
) -> Iterator[None]:
    """Logs the figures of each stream every minute until the block ends."""

    def keep(done: Event) -> None:
        while not done.wait(every_seconds):
            for name, shot in snapshots().items():
                _LOG.info("%s", figures_of(name, shot))

    with watching(keep, "figures"):
        yield


def figures_of(name: str, shot: LiveSnapshot) -> str:
    """Returns what a stream does as fields of a log line."""
    viewers = [output.viewers for output in shot.outputs if output.viewers is not None]
    fields = {
        "stream": name,
        "state": shot.state,
        "problem": shot.problem,
        "warning": shot.warning,
        "fit": shot.fit.text,
        "fps_in": f"{shot.fps_in:.1f}",
        "fps_out": f"{shot.fps_out:.1f}",
        "latency_p50_ms": f"{shot.latency_ms.p50_ms:.0f}",
        "latency_p95_ms": f"{shot.latency_ms.p95_ms:.0f}",
        "dropped": str(sum(shot.dropped.values())),
        "reconnects": str(shot.reconnects),
        "bytes_sent": str(shot.bytes_sent or 0),
        "viewers": str(sum(viewers)),
    }
    return " ".join(f"{key}={value!r}" for key, value in fields.items())


@contextmanager
def live_lines(snapshots: Snapshots, *, quiet: bool) -> Iterator[None]:
    """Writes to stderr each second until the block ends; on a terminal over itself."""
    if quiet:
        yield
        return
    with watching(partial(_show, snapshots), "live lines"):
        yield


def _show(snapshots: Snapshots, done: Event) -> None:
    before: Mapping[str, LiveSnapshot] = {}
    while not done.wait(1.0):
        now = snapshots()
        for name, shot in now.items():
            label = f"{name}: " if len(now) > 1 else ""
            _write(label + line_for(shot, before.get(name)), alone=len(now) == 1)
        before = now
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def _write(text: str, *, alone: bool) -> None:
    if alone and sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    else:
        sys.stderr.write(text + "\n")
    sys.stderr.flush()
