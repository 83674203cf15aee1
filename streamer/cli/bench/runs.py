"""Whole runs, measured: from a source to a sink, beside the network alone."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from model import BackendBase, Derainer, PendingBase, WrappedBackend
from sources.frame import RgbArray
from streamer import derain_video
from streamer.cli.bench.plain import plain_loop, plain_network
from streamer.settings import RunOptions

_FEWEST, _MOST = 8, 600
_WARM_UP = 4
_PLAIN_FRAMES = 6


class KeptOpen(WrappedBackend):
    """A loaded network that outlives the run it is given to."""

    def close(self) -> None:
        """Leaves the network open for the next run."""


class _Done(PendingBase):
    def wait(self) -> None:
        """It is done already."""


class _Unchanged(BackendBase):
    """Stands for a network where a clip is only to be drawn."""

    model = device = backend = precision = "none"

    def start(self, picture: RgbArray, out: RgbArray) -> _Done:
        np.copyto(out, picture)
        return _Done()


def measured_runs(
    derainer: Derainer,
    size: tuple[int, int],
    seconds: float,
    model_only_fps: Callable[[], float],
) -> list[dict[str, Any]]:
    """Returns a row for each pair of source and sink; the network stays open.

    The row from file to file also holds the speed of the plain loop on the same clip.

    Args:
        derainer: The network.
        size: Width and height.
        seconds: About how long a run takes.
        model_only_fps: Measures the network alone: before each run and after it, so
            that load from outside meets both.
    """
    width, height = size
    expected = model_only_fps()
    frames = min(max(int(expected * seconds), _FEWEST), _MOST)
    street = f"test:rain?size={width}x{height}&frames={frames}"
    with tempfile.TemporaryDirectory(prefix="derain-") as folder:
        clip, clean = Path(folder) / "street.mp4", Path(folder) / "clean.mp4"
        derain_video(street, clip, network=_Unchanged())
        derain_video(
            clip,
            "null:",
            network=KeptOpen(derainer),
            run=RunOptions(max_frames=_WARM_UP),
        )
        ways = {
            "test to null": (street, "null:"),
            "file to null": (str(clip), "null:"),
            "file to file": (str(clip), str(clean)),
        }
        rows = [
            {"way": way, **_row(derainer, *ends, model_only_fps)}
            for way, ends in ways.items()
        ]
        plain_fps = _plain_fps(derainer, clip)
        rows[-1] |= {
            "plain_fps": round(plain_fps, 3),
            "of_plain": round(rows[-1]["fps"] / plain_fps, 2),
        }
        return rows


def _plain_fps(derainer: Derainer, clip: Path) -> float:
    """Measures OpenCV, PyTorch fp32 and OpenCV, a frame at a time, right after us."""
    network = plain_network(derainer.model, derainer.device)
    plain_loop(network, clip, 1)
    began = time.perf_counter()
    plain_loop(network, clip, _PLAIN_FRAMES)
    return _PLAIN_FRAMES / (time.perf_counter() - began)


def _row(
    derainer: Derainer, source: str, sink: str, model_only_fps: Callable[[], float]
) -> dict[str, Any]:
    before = model_only_fps()
    report = derain_video(source, sink, network=KeptOpen(derainer))
    alone = (before + model_only_fps()) / 2
    return {
        "model": report.model,
        "width": report.width,
        "height": report.height,
        "device": report.device,
        "backend": report.backend,
        "precision": report.precision,
        "decoder": report.decoder,
        "encoder": report.encoder,
        "frames": report.frames_out,
        "fps": report.fps,
        "model_only_fps": round(alone, 2),
        "of_model_only": round(report.fps / alone, 3),
        "slots": report.slots,
        "streams_at_30_fps": int(report.fps // 30),
        "stages": {name: asdict(part) for name, part in report.stages.items()},
    }
