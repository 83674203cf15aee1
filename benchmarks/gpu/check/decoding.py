"""What NVDEC makes of each packed clip, against the CPU's pictures, bit for bit."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.subject import Found, Subject
from sinks.encoding.nvenc import why_not
from sources import open_source
from sources.nvdec import (
    ON_DEVICE,
    GpuDecodable,
    GpuDecoding,
    downloaded,
    no_decoder,
    no_driver,
)
from streamer.pipeline.gpu.planes import planes_of

_FRAMES = 40


def decoding(on: Subject, found: Findings) -> None:
    """Each clip by NVDEC and by the CPU; how fast it decodes; and NVENC."""
    driver = {"driver": no_driver() or "there", "decoder": no_decoder() or "there"}
    found.note("libraries", driver)
    if not on.dry:
        torch.zeros(1, device="cuda")  # PyTorch's context first, as in a run
    clips = sorted((on.package / "clips").glob("*"))
    for clip in clips:
        found.take(clip.name, partial(_compared, clip))
    for clip in clips:
        if "1280x720" in clip.name:
            found.take("decoding alone", partial(_speed, clip))
    found.take("nvenc", _encoders)


def _compared(clip: Path) -> Found:
    source: Any = open_source(str(clip))
    if reason := _refused(source):
        return {"refused": reason}
    sizes, formats, same, different, resident = set(), set(), 0, 0, 0
    for ours, its in zip(source, open_source(str(clip)), strict=False):
        resident += ours.picture.format.name == ON_DEVICE
        sizes.add(f"{_size(ours.picture)} for {_size(its.picture)}")
        formats.add(f"{ours.picture.format.name} for {its.picture.format.name}")
        equal = _equal(ours.picture, its.picture)
        same, different = same + equal, different + (not equal)
        if same + different == _FRAMES:
            break
    source.close()
    return {
        "same": same,
        "different": different,
        "on the device": resident,
        "sizes": sorted(sizes),
        "formats": sorted(formats),
        "notes": source.health.notes,
    }


def _refused(source: object) -> str:
    if not isinstance(source, GpuDecodable):
        return "this source is not decoded on a GPU"
    return source.decode_on_gpu(GpuDecoding(device=0, stay=True))


def _size(picture: Any) -> str:
    return f"{picture.width}x{picture.height}"


def _equal(ours: Any, its: Any) -> bool:
    host = downloaded(ours) if ours.format.name == ON_DEVICE else ours
    if (host.format.name, _size(host)) != (its.format.name, _size(its)):
        return False
    here, there = planes_of(host), planes_of(its)
    return all(
        np.array_equal(getattr(here, part), getattr(there, part))
        for part in ("luma", "cb", "cr")
    )


def _speed(clip: Path) -> Found:
    source: Any = open_source(str(clip))
    if reason := _refused(source):
        return {"refused": reason}
    begun = time.perf_counter()
    count = sum(1 for _ in source)
    return {"frames": count, "fps": round(count / (time.perf_counter() - begun), 1)}


def _encoders() -> Found:
    return {name: why_not(name) or "works" for name in ("h264_nvenc", "hevc_nvenc")}
