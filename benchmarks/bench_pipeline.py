"""The way from file to file against the loop that people write today.

The plain loop: OpenCV capture, the same network in PyTorch fp32 eager with the full
Conv-LSTM, OpenCV writer, one frame after the other. Both take the same clip in turn,
each in a process of its own, so that load from outside meets both and memory is told
apart. `python benchmarks/bench_pipeline.py --json` writes benchmarks/results/.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import deque
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.measure import (
    RESULTS,
    document,
    part_in_own_process,
    peak_memory_bytes,
    save,
    spread,
)

MODEL = "mspfn-lite"
_WARM_UP = 4
_MULTIPLE = 32


def write_clip(path: Path, frames: int, size: tuple[int, int]) -> None:
    """Encodes a moving texture with noise as H.264; the same every time."""
    width, height = size
    rng = np.random.default_rng(0)
    ground = rng.integers(40, 200, (height // 8 + 64, width // 8 + 64, 3), np.uint8)
    ground = cv2.resize(ground, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            left, top = 3 * index % 500, index % 500
            view = ground[top : top + height, left : left + width].astype(np.uint8)
            picture = av.VideoFrame.from_ndarray(view, "rgb24")
            picture.pts = index
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))


def ours(clip: Path, frames: int) -> dict[str, Any]:
    """`derain_video` after a short run that loads and shapes everything."""
    from model import Derainer
    from streamer import derain_video
    from streamer.cli.bench_runs import KeptOpen

    network = KeptOpen(Derainer(MODEL))
    sink = clip.with_name("ours.mp4")
    derain_video(clip, sink, network=network, max_frames=_WARM_UP)
    report = derain_video(clip, sink, network=network, max_frames=frames)
    return {
        "fps": report.fps,
        "frames": report.frames_out,
        "peak_bytes": peak_memory_bytes(),
        "backend": report.backend,
        "precision": report.precision,
    }


def alone(clip: Path, frames: int) -> dict[str, Any]:
    """The same network with nothing else running, on the pictures of the clip."""
    from model import Derainer

    with av.open(str(clip)) as container:
        pictures: list[Any] = []
        for frame in container.decode(video=0):
            pictures.append(frame.to_ndarray(format="rgb24"))
            if len(pictures) == 8:
                break
    network = Derainer(MODEL)
    outs = [np.empty_like(pictures[0]) for _ in range(network.slots)]
    _flow(network, pictures, outs, _WARM_UP)
    begun = time.perf_counter()
    _flow(network, pictures, outs, frames)
    fps = frames / (time.perf_counter() - begun)
    return {"fps": fps, "frames": frames, "peak_bytes": peak_memory_bytes()}


def _flow(
    network: Any,
    pictures: list[Any],
    outs: list[Any],
    count: int,
) -> None:
    flying: deque[Any] = deque()
    for number in range(count):
        if len(flying) == len(outs):
            flying.popleft().wait()
        picture = pictures[number % len(pictures)]
        flying.append(network.start(picture, outs[number % len(outs)]))
    for pending in flying:
        pending.wait()


def plain(clip: Path, frames: int) -> dict[str, Any]:
    """The loop that people write."""
    import torch

    from model import build_network, load_weights

    network = build_network(MODEL, full_cell=True).eval()
    network.load_state_dict(load_weights(MODEL).tensors)
    _plain_loop(network, torch, clip, _WARM_UP)
    begun = time.perf_counter()
    done = _plain_loop(network, torch, clip, frames)
    fps = done / (time.perf_counter() - begun)
    return {"fps": fps, "frames": done, "peak_bytes": peak_memory_bytes()}


def _plain_loop(network: Any, torch: Any, clip: Path, frames: int) -> int:
    capture = cv2.VideoCapture(str(clip))
    width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    rate = capture.get(cv2.CAP_PROP_FPS)
    codec = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(
        str(clip.with_name("plain.mp4")), codec, rate, (width, height)
    )
    margins = (0, -width % _MULTIPLE, 0, -height % _MULTIPLE)
    done = 0
    with torch.no_grad():
        while done < frames:
            there, picture = capture.read()
            if not there:
                break
            rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            batch = torch.from_numpy(rgb).permute(2, 0, 1).unsqueeze(0).float() / 255
            batch = torch.nn.functional.pad(batch, margins, mode="reflect")
            result = network(batch)[0, :, :height, :width].clamp(0, 1) * 255
            out = result.round().byte().permute(1, 2, 0).numpy()
            writer.write(cv2.cvtColor(out, cv2.COLOR_RGB2BGR))
            done += 1
    capture.release()
    writer.release()
    return done


_PARTS = {"ours": ours, "alone": alone, "plain": plain}


def compare(size: tuple[int, int], frames: int, rounds: int) -> dict[str, Any]:
    """Returns speed and memory of the parts, and the ratios of each round."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        write_clip(clip, max(frames, 24), size)
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in _PARTS}
        for _ in range(rounds):
            for name in _PARTS:
                found[name].append(_part(name, clip, frames))
    fps = {name: [run["fps"] for run in runs] for name, runs in found.items()}
    peaks = {name: [run["peak_bytes"] for run in runs] for name, runs in found.items()}
    pairs = zip(fps["ours"], fps["plain"], strict=True)
    halves = zip(fps["ours"], fps["alone"], strict=True)
    return {
        "fps": {name: spread(values) for name, values in fps.items()},
        "ours_over_plain": spread([a / b for a, b in pairs]),
        "ours_over_alone": spread([a / b for a, b in halves]),
        "peak_mib": {name: round(max(v) / 2**20, 1) for name, v in peaks.items()},
        "backend": found["ours"][0]["backend"],
        "precision": found["ours"][0]["precision"],
    }


def memory(size: tuple[int, int], lengths: tuple[int, ...]) -> dict[str, Any]:
    """Returns the peak memory of runs over clips of several lengths."""
    peaks = {}
    with tempfile.TemporaryDirectory() as folder:
        for frames in lengths:
            clip = Path(folder) / f"{frames}.mp4"
            write_clip(clip, frames, size)
            run = _part("ours", clip, frames)
            if run["frames"] != frames:
                raise RuntimeError(f"expected {frames} frames, got {run['frames']}.")
            peaks[str(frames)] = round(run["peak_bytes"] / 2**20, 1)
    return {"peak_mib_by_frames": peaks}


def _part(name: str, clip: Path, frames: int) -> dict[str, Any]:
    return part_in_own_process(
        Path(__file__), "--part", name, "--clip", str(clip), "--frames", str(frames)
    )


def main() -> None:
    """Runs a part, or all of them in turn."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--part", choices=sorted(_PARTS))
    options.add_argument("--clip", type=Path)
    options.add_argument("--frames", type=int, default=24)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--width", type=int, default=640)
    options.add_argument("--height", type=int, default=360)
    options.add_argument("--memory", type=int, nargs="*", default=[300, 3000])
    options.add_argument("--json", action="store_true", help="write the results")
    given = options.parse_args()
    if given.part:
        found = _PARTS[given.part](given.clip, given.frames)
        sys.stdout.write(json.dumps(found) + "\n")
        return
    results = {
        "file_to_file": compare((given.width, given.height), given.frames, given.rounds)
        if given.rounds
        else {},
        "memory": memory((128, 96), tuple(given.memory)) if given.memory else {},
    }
    settings = {"model": MODEL, "seed": 0, "warm_up_frames": _WARM_UP}
    settings |= {key: getattr(given, key) for key in ("frames", "rounds", "width")}
    settings |= {"height": given.height, "memory_size": [128, 96]}
    whole = document("pipeline", settings, results)
    sys.stdout.write(json.dumps(whole, indent=2) + "\n")
    if given.json:
        save(whole, RESULTS / "pipeline.json")


if __name__ == "__main__":
    main()
