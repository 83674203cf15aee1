"""The way from file to file: against the network alone, and against a plain loop.

`steady` is the way itself, once everything is loaded, as a run's report counts it;
`with_start` is the whole command, from the start of the program to its end; `alone` is
the network with nothing else running; `plain` the loop that people write today
(`pipeline_parts.py`). They take turns, round by round, so that load from outside meets
all alike; the time on the processor is told beside the time on the wall, for a machine
that does other work too. `python -m benchmarks.files.bench_pipeline --json` writes
benchmarks/results/pipeline.json; after the first, no round begins that would end after
`--minutes`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.support.drawn_clip import write_clip
from benchmarks.support.measure import (
    RESULTS,
    Spread,
    document,
    part_in_own_process,
    save,
)
from benchmarks.support.measure import spread as spread_of
from benchmarks.support.pipeline_parts import MODEL, PARTS, WARM_UP
from model.backends.openvino.processor import cpu_precisions, has_int8_dot


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A size of picture, and how many frames each part takes of it."""

    width: int
    height: int
    frames: int
    with_start: int
    plain: int

    @property
    def name(self) -> str:
        """Its size, as users write it."""
        return f"{self.width}x{self.height}"


CASES = (
    Case(width=320, height=180, frames=100, with_start=300, plain=12),
    Case(width=640, height=360, frames=32, with_start=40, plain=6),
)
Runs = dict[str, dict[str, list[dict[str, Any]]]]
"""What was found, round by round: by precision, then by part."""


def precisions() -> list[str]:
    """Returns int8 where the processor is made for it, and its next best numbers."""
    return [*(["int8"] if has_int8_dot() else []), cpu_precisions()[0]]


def _round(case: Case, clip: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Runs each part once; yields precision, part and what was found."""
    yield "fp32", "plain", _part("plain", clip, case.plain, "fp32")
    for precision in precisions():
        for name in ("alone", "steady", "with_start"):
            frames = case.with_start if name == "with_start" else case.frames
            yield precision, name, _part(name, clip, frames, precision)


def compare(cases: tuple[Case, ...], rounds: int, minutes: float) -> dict[str, Any]:
    """Returns each case's figures; no round begins that would end after `minutes`."""
    begun = time.perf_counter()
    found: dict[str, Runs] = {case.name: {} for case in cases}
    with tempfile.TemporaryDirectory(prefix="derain-") as folder:
        clips = {case.name: Path(folder) / f"{case.name}.mp4" for case in cases}
        for case in cases:
            size = (case.width, case.height)
            write_clip(clips[case.name], max(case.with_start, case.frames), size)
        for done in range(rounds):
            spent = time.perf_counter() - begun
            if done and spent * (done + 1) / done > 60 * minutes:
                _tell(f"{done} of {rounds} rounds in {spent:.0f} s; no time for more")
                break
            for case in cases:
                for precision, name, run in _round(case, clips[case.name]):
                    _tell(f"{case.name} {precision} {name}: {run['fps']:.2f} fps")
                    parts = found[case.name].setdefault(precision, {})
                    parts.setdefault(name, []).append(run)
    return {
        case.name: {"frames": asdict(case), **_figures(found[case.name])}
        for case in cases
    }


def _figures(runs: Runs) -> dict[str, Any]:
    plain = runs["fp32"]["plain"]
    figures: dict[str, Any] = {"plain": {"fp32": _figures_of({"plain": plain})}}
    for precision in precisions():
        parts = runs[precision]
        steady, alone, start = parts["steady"], parts["alone"], parts["with_start"]
        figures[precision] = {
            **_figures_of(parts),
            "steady_over_alone": _ratio(steady, alone, "fps"),
            "alone_over_steady_processor": _ratio(alone, steady, "processor_ms"),
            "steady_over_plain": _ratio(steady, plain, "fps"),
            "with_start_over_plain": _ratio(start, plain, "fps"),
            "backend": steady[0]["backend"],
            "slots": steady[0]["slots"],
        }
    return figures


def _figures_of(parts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    peaks = {name: max(r["peak_bytes"] for r in runs) for name, runs in parts.items()}
    return {
        "fps": {n: spread_of([r["fps"] for r in runs]) for n, runs in parts.items()},
        "processor_ms": {
            name: spread_of([run["processor_ms"] for run in runs])
            for name, runs in parts.items()
        },
        "peak_mib": {name: round(peak / 2**20, 1) for name, peak in peaks.items()},
    }


def _ratio(
    over: list[dict[str, Any]], under: list[dict[str, Any]], what: str
) -> Spread:
    return spread_of([a[what] / b[what] for a, b in zip(over, under, strict=True)])


def memory(size: tuple[int, int], lengths: tuple[int, ...]) -> dict[str, Any]:
    """Returns the peak memory of runs over clips of several lengths."""
    peaks = {}
    with tempfile.TemporaryDirectory(prefix="derain-") as folder:
        for frames in lengths:
            clip = Path(folder) / f"{frames}.mp4"
            write_clip(clip, frames, size)
            run = _part("steady", clip, frames, precisions()[0])
            if run["frames"] != frames:
                raise RuntimeError(f"expected {frames} frames, got {run['frames']}.")
            peaks[str(frames)] = round(run["peak_bytes"] / 2**20, 1)
            _tell(f"{frames} frames: {peaks[str(frames)]} MiB at most")
    return {"peak_mib_by_frames": peaks}


def _part(name: str, clip: Path, frames: int, precision: str) -> dict[str, Any]:
    return part_in_own_process(
        "benchmarks.files.bench_pipeline",
        *("--part", name, "--clip", str(clip)),
        *("--frames", str(frames), "--precision", precision),
    )


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    """Runs a part, or all of them in turn."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--part", choices=sorted(PARTS), help="for the program itself")
    options.add_argument("--clip", type=Path)
    options.add_argument("--frames", type=int)
    options.add_argument("--precision")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--minutes", type=float, default=7)
    options.add_argument("--sizes", default=",".join(case.name for case in CASES))
    options.add_argument("--memory", type=int, nargs="*", default=[300, 3000])
    options.add_argument("--json", action="store_true", help="write the results")
    given = options.parse_args()
    if given.part:
        found = PARTS[given.part](given.clip, given.frames, given.precision)
        sys.stdout.write(json.dumps(found) + "\n")
        return
    cases = tuple(case for case in CASES if case.name in given.sizes.split(","))
    results = {
        "file_to_file": compare(cases, given.rounds, given.minutes),
        "memory": memory((128, 96), tuple(given.memory)),
    }
    settings = {"model": MODEL, "seed": 0, "warm_up_frames": WARM_UP}
    settings |= {key: getattr(given, key) for key in ("rounds", "minutes", "memory")}
    whole = document("pipeline", {**settings, "memory_size": [128, 96]}, results)
    sys.stdout.write(json.dumps(whole, indent=2) + "\n")
    if given.json:
        save(whole, RESULTS / "pipeline.json")


if __name__ == "__main__":
    main()
