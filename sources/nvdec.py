"""Decoding on an NVIDIA GPU, through FFmpeg: whether it works for a file, and why not.

FFmpeg falls back to the CPU without a word. The only proof of NVDEC is a picture whose
format is `cuda`, so the first picture is decoded before anything is promised.
"""

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import av
from av.codec.hwaccel import HWAccel
from av.error import FFmpegError
from av.video.stream import VideoStream

ON_DEVICE = "cuda"
_SHARED = ("nv12", "p010le")
"""What PyAV hands on as planes of the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuDecoding:
    """How pictures shall be decoded."""

    device: int
    """Number of the CUDA device."""
    stay: bool
    """Pictures stay on the device; else they are copied to the host."""


@runtime_checkable
class GpuDecodable(Protocol):
    """A source that can be told to decode on a GPU before it is read."""

    def decode_on_gpu(self, how: GpuDecoding) -> str:
        """Decodes there from now on; returns why it cannot, or nothing."""


def no_driver() -> str:
    """Returns why there can be no NVIDIA GPU here, or nothing.

    FFmpeg itself says "Operation not permitted".
    """
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "no NVIDIA driver (libcuda.so.1) on this machine"
    return ""


def trial(path: Path, how: GpuDecoding) -> tuple[str, GpuDecoding]:
    """Decodes the first picture of a file on the GPU.

    Returns:
        Why that does not work, or nothing; and how to decode. Pictures of a kind that
        cannot be shared where they are come to the host.
    """
    if reason := no_driver():
        return reason, how
    try:
        with av.open(str(path), hwaccel=accelerator(how, stay=True)) as container:
            stream = container.streams.best("video")
            if not isinstance(stream, VideoStream):
                return "there is no video", how
            picture = next(container.decode(stream), None)
    except (FFmpegError, OSError, NotImplementedError, RuntimeError) as fault:
        return _reason(fault), how
    if picture is None:
        return "no picture could be decoded", how
    if picture.format.name != ON_DEVICE:
        return f"FFmpeg decoded it on the CPU, to {picture.format.name}", how
    kind = picture.sw_format
    shared = kind is not None and kind.name in _SHARED
    even = picture.width % 2 == 0 and picture.height % 2 == 0
    return "", GpuDecoding(device=how.device, stay=how.stay and shared and even)


def accelerator(how: GpuDecoding, *, stay: bool) -> HWAccel:
    """Returns what PyAV opens a file with; it shares PyTorch's context."""
    return HWAccel(
        "cuda",
        device=str(how.device),
        allow_software_fallback=False,
        is_hw_owned=stay,
    )


def _reason(fault: Exception) -> str:
    text = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
    return str(text).strip().splitlines()[0]
