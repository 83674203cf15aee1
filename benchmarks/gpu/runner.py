"""Runs the parts of a phase, each in a process of its own, and keeps the time.

A part that fails or is killed costs no other, and what it had found by then stays.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.gpu.package import environment, packed_commit
from benchmarks.gpu.parts import SPARE_S, part_named
from benchmarks.support.measure import PROJECT, command, document, save

_LEAST_S = 8.0
"""A part with less than this would not come to its first finding."""
_DRY = 6
"""So much longer a part may take where it is dry: a CPU that others keep busy."""
_LAST_LINES = 6

Ended = str
"""How a part's process ended: `done`, or why it did not get there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of a phase."""

    phase: str
    parts: Sequence[str]
    seconds: float
    """For all parts together."""
    out: Path
    """A folder: a JSON and a log for each part, and one JSON for the phase."""
    package: Path
    """What `prepare` made; it may be missing."""
    dry: bool
    """Tiny and on the CPU: it shows that the parts work, nothing else."""


def run_phase(
    order: Order, now_s: Callable[[], float] = time.monotonic
) -> dict[str, Any]:
    """Runs the parts one after the other and writes down each; returns all."""
    results: dict[str, Any] = {}
    surroundings = environment(order.package)
    ends_s = now_s() + order.seconds
    for name in order.parts:
        begun_s = now_s()
        patience = _DRY if order.dry else 1
        limit_s = min(patience * part_named(name).limit_s, ends_s - begun_s)
        if limit_s < _LEAST_S:
            results[name] = {"ended": f"left out: {limit_s:.0f} s were left"}
        else:
            ended = _in_own_process(name, order, limit_s, surroundings)
            seconds = round(now_s() - begun_s, 1)
            results[name] = {"ended": ended, "seconds": seconds, **_found(name, order)}
        sys.stderr.write(f"{name}: {results[name]['ended']}\n")
        save(_document(order, results), order.out / f"{order.phase}.json")
    return results


def _document(order: Order, results: dict[str, Any]) -> dict[str, Any]:
    settings = {
        "command": command("benchmarks.gpu"),
        "seconds": order.seconds,
        "dry": order.dry,
        "packed commit": packed_commit(order.package),
    }
    return document(f"gpu_{order.phase}", settings, results)


def _in_own_process(
    name: str, order: Order, limit_s: float, surroundings: dict[str, str]
) -> Ended:
    order.out.mkdir(parents=True, exist_ok=True)
    findings_of(name, order.out).unlink(missing_ok=True)
    words = [sys.executable, "-m", "benchmarks.gpu", "part", name]
    words += ["--out", str(order.out), "--package", str(order.package)]
    words += ["--seconds", str(max(limit_s - SPARE_S, 1))]
    words += ["--dry"] if order.dry else []
    log = order.out / f"{name}.log"
    with (
        log.open("w", encoding="utf-8") as told,
        subprocess.Popen(  # noqa: S603 - our own program
            words,
            stdout=told,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            env=surroundings,
            start_new_session=True,
        ) as process,
    ):
        try:
            status = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return f"killed after {limit_s:.0f} s"
        finally:
            # With whatever it has started: that would keep the GPU busy.
            _kill_group(process)
    if status == 0:
        return "done"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = "\n".join(lines[-_LAST_LINES:])
    return f"failed: {last or f'status {status}, without a word'}"


def _kill_group(process: subprocess.Popen[Any]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def findings_of(name: str, out: Path) -> Path:
    """Returns the file that a part writes its findings to."""
    return out / f"{name}.json"


def _found(name: str, order: Order) -> dict[str, Any]:
    """Returns what a part wrote; nothing where it did not come to a finding."""
    try:
        found = json.loads(findings_of(name, order.out).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {"found": found}


def table(results: dict[str, Any]) -> str:
    """Returns the results as a short text, a line for each finding."""
    lines = []
    for part, result in results.items():
        lines.append(f"{part} ({result.get('seconds', 0)} s): {result['ended']}")
        found = result.get("found", {})
        lines += [f"  {name:<40} {_short(value)}" for name, value in found.items()]
    return "\n".join(lines) + "\n"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) < 200 else f"{text[:200]} ..."
