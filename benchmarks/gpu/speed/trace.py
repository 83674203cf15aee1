"""A profiler's view of pictures under way together: which streams work at one time."""

import json
from collections import defaultdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from torch import profiler as torch_profiler
from torch.profiler import ProfilerActivity

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.speed.network import flow
from benchmarks.gpu.subject import Subject

Span = tuple[float, float]
_KINDS = {"kernel", "gpu_memcpy", "gpu_memset"}
_WIDTH, _LANE = 1600, 60


def profile(on: Subject, found: Findings) -> None:
    """Profiles twelve pictures of 720p, and draws when each stream was busy."""
    found.take("twelve pictures", partial(_trace, on, on.out / "profile.png"))


def _trace(on: Subject, picture: Path) -> dict[str, Any]:
    activities = [ProfilerActivity.CPU]
    if not on.dry:
        activities.append(ProfilerActivity.CUDA)
    backend = on.backend()
    with torch_profiler.profile(activities=activities) as profiler:
        flow(backend, on.usual, 1 if on.dry else 12)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        profiler.export_chrome_trace(str(path))
        events = json.loads(path.read_text())["traceEvents"]
    lanes = lanes_in(events)
    if lanes:
        cv2.imwrite(str(picture), drawn(lanes))
    sort = "self_cpu_time_total" if on.dry else "self_cuda_time_total"
    table = profiler.key_averages().table(sort_by=sort, row_limit=15)
    return {
        "busy share of each stream": {
            name: busy(spans) for name, spans in lanes.items()
        },
        "share of time with two streams at work": together(lanes),
        "picture": picture.name if lanes else "",
        "table": table.splitlines(),
    }


def lanes_in(events: list[dict[str, Any]]) -> dict[str, list[Span]]:
    """Returns the spans of work of each stream in a Chrome trace, in microseconds."""
    lanes: dict[str, list[Span]] = defaultdict(list)
    for event in events:
        if event.get("cat") in _KINDS and event.get("ph") == "X":
            stream = f"stream {event.get('args', {}).get('stream', '?')}"
            lanes[stream].append((event["ts"], event["ts"] + event["dur"]))
    return {name: sorted(lanes[name]) for name in sorted(lanes)}


def busy(spans: list[Span]) -> float:
    """Returns the share of time that a stream worked, between its first and last."""
    if not spans:
        return 0.0
    whole = max(end for _, end in spans) - spans[0][0]
    return round(sum(end - begin for begin, end in spans) / whole, 3) if whole else 0.0


def together(lanes: dict[str, list[Span]]) -> float:
    """Returns the share of time in which at least two streams work."""
    edges = sorted(
        edge
        for spans in lanes.values()
        for begin, end in spans
        for edge in ((begin, 1), (end, -1))
    )
    if not edges:
        return 0.0
    at_work, since, shared = 0, edges[0][0], 0.0
    for moment, change in edges:
        shared += (moment - since) * (at_work >= 2)
        at_work, since = at_work + change, moment
    whole = edges[-1][0] - edges[0][0]
    return round(shared / whole, 4) if whole else 0.0


def drawn(lanes: dict[str, list[Span]]) -> np.ndarray[Any, Any]:
    """Returns the middle third of the trace as a picture, a row for each stream."""
    moments = [moment for spans in lanes.values() for span in spans for moment in span]
    begin, end = min(moments), max(moments)
    begin, end = begin + (end - begin) / 3, begin + 2 * (end - begin) / 3
    scale = (_WIDTH - 220) / max(end - begin, 1e-9)
    canvas = np.full((_LANE * (len(lanes) + 1), _WIDTH, 3), 255, np.uint8)
    for row, (name, spans) in enumerate(lanes.items()):
        top = 20 + row * _LANE
        _write(canvas, name, (10, top + 25))
        for first, last in spans:
            if last >= begin and first <= end:
                left = 200 + int((max(first, begin) - begin) * scale)
                right = 200 + max(int((min(last, end) - begin) * scale), 1)
                cv2.rectangle(canvas, (left, top), (right, top + 34), (160, 90, 30), -1)
    legend = f"{(end - begin) / 1000:.2f} ms of twelve pictures"
    _write(canvas, legend, (200, canvas.shape[0] - 20))
    return canvas


def _write(canvas: np.ndarray[Any, Any], text: str, place: tuple[int, int]) -> None:
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1)
