"""Decoding on an NVIDIA GPU, through FFmpeg: whether it works for a file, and why not.

FFmpeg falls back to the CPU without a word. The only proof of NVDEC is a picture whose
format is `cuda`, so the first picture is decoded before anything is promised.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import av
from av.codec.hwaccel import HWAccel
from av.error import FFmpegError
from av.video.stream import VideoStream

from sources.container.media import open_media

ON_DEVICE = "cuda"
"""The format of a picture that a GPU decoded and still holds."""
_PLANAR = {"nv12": "yuv420p", "p010le": "yuv420p10le"}
"""What PyAV hands on as planes of the device, and how the CPU decodes the same
streams: so all behind it works alike."""
_TAGS = ("colorspace", "color_range", "color_primaries", "color_trc")
_UNSAID = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuDecoding:
    """How pictures shall be decoded."""

    device: int
    """Number of the CUDA device."""
    stay: bool
    """Pictures stay on the device; else they are copied to the host."""
    required: bool = False
    """A source that goes on for weeks must not fall back on the CPU later."""


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
        _driver()
    except OSError:
        return "no NVIDIA driver (libcuda.so.1) on this machine"
    return ""


def no_decoder() -> str:
    """Returns why NVDEC cannot be reached here, or nothing.

    The decoder is a part of the driver that containers leave out unless asked.
    """
    if reason := no_driver():
        return reason
    try:
        ctypes.CDLL("libnvcuvid.so.1")
    except OSError:
        return (
            "the NVIDIA driver is here without its decoder (libnvcuvid.so.1); a "
            "container gets it with NVIDIA_DRIVER_CAPABILITIES=compute,utility,video"
        )
    return ""


@contextmanager
def shared_context(device: int) -> Iterator[None]:
    """Makes the context that PyTorch works in this thread's, for FFmpeg to take.

    FFmpeg refuses a primary context that was made with other flags than its own, as
    PyTorch's is ("Operation not supported", PyAV's pull request 2339); the current one
    it takes as it is. What is opened within goes on in that context in any thread.

    Raises:
        RuntimeError: The driver refuses.
    """
    number, context = ctypes.c_int(), ctypes.c_void_p()
    driver = _driver()
    _call(driver, "cuInit", 0)
    _call(driver, "cuDeviceGet", ctypes.byref(number), device)
    # Never released: FFmpeg does not keep a current context alive by itself.
    _call(driver, "cuDevicePrimaryCtxRetain", ctypes.byref(context), number)
    _call(driver, "cuCtxPushCurrent_v2", context)
    try:
        yield
    finally:
        _call(driver, "cuCtxPopCurrent_v2", ctypes.byref(ctypes.c_void_p()))


def _driver() -> Any:
    return ctypes.CDLL("libcuda.so.1")


def _call(driver: Any, name: str, *arguments: Any) -> None:
    if code := getattr(driver, name)(*arguments):
        raise RuntimeError(f"{name} of the NVIDIA driver failed with error {code}")


def trial(path: Path, how: GpuDecoding) -> tuple[str, GpuDecoding]:
    """Decodes the first picture of a file on the GPU.

    Returns:
        Why that does not work, or nothing; and how to decode. Pictures of a kind that
        cannot be shared where they are come to the host.
    """
    if reason := no_decoder():
        return reason, how
    try:
        with open_media(path) as container:
            stream = container.streams.best("video")
            if not isinstance(stream, VideoStream):
                return "there is no video", how
            if reason := unfit(stream):
                return reason, how
        picture = _first_picture(path, how)
    except (FFmpegError, OSError, NotImplementedError, RuntimeError) as error:
        return reason_of(error), how
    if picture is None:
        return "no picture could be decoded", how
    if picture.format.name != ON_DEVICE:
        return f"FFmpeg decoded it on the CPU, to {picture.format.name}", how
    shared = shared_kind(picture) is not None
    return "", GpuDecoding(device=how.device, stay=how.stay and shared)


def shared_kind(picture: av.VideoFrame) -> str | None:
    """Returns how the CPU decodes the stream of a picture that a device holds.

    None: PyAV hands on no planes of its kind.
    """
    kind = picture.sw_format
    return _PLANAR.get(kind.name) if kind is not None else None


def _first_picture(path: Path, how: GpuDecoding) -> av.VideoFrame | None:
    with shared_context(how.device):
        opened = open_media(path, hwaccel=accelerator(how, stay=True))
    with opened as container:
        stream = container.streams.best("video")
        if not isinstance(stream, VideoStream):
            return None
        return next(container.decode(stream), None)


def unfit(stream: VideoStream) -> str:
    """Returns why NVDEC does not decode such a stream, or not rightly; or nothing."""
    context = stream.codec_context
    if not context.codec.hardware_configs:
        # For AV1 FFmpeg prefers libdav1d, and PyAV offers no other choice.
        return f"FFmpeg decodes it with {context.name}, which runs on the CPU only"
    return odd_size(context.width, context.height)


def odd_size(width: int, height: int) -> str:
    """Returns that NVDEC makes another size of this one, or nothing.

    Its surfaces are even: VP9 of 321x241 came as 322x242 on an H100. Only the codec's
    context knows the stream's own size, a picture of NVDEC does not.
    """
    if width % 2 == 0 and height % 2 == 0:
        return ""
    return f"NVDEC rounds odd sizes up, and the stream is {width}x{height}"


def downloaded(picture: av.VideoFrame) -> av.VideoFrame:
    """Returns a picture of the host, with all tags, from one that a GPU holds.

    PyAV 18 cannot say where its chroma lies. libswscale then takes it for the centre,
    both on the way to RGB and back, so what is stored stays where it was.

    Raises:
        FFmpegError: The copy failed, as when the device was lost.
    """
    there = picture.sw_format
    name = there.name if there else picture.format.name
    tags = {tag: getattr(picture, tag) for tag in _TAGS}
    host = picture.reformat(format=name, threads=1)
    if name not in _PLANAR:
        return host
    # libswscale refuses some matrices, and PyAV gives others another name of theirs.
    host.colorspace = _UNSAID
    planar = host.reformat(format=_PLANAR[name], threads=1)
    for tag, value in tags.items():
        setattr(planar, tag, value)
    return planar


def accelerator(how: GpuDecoding, *, stay: bool) -> HWAccel:
    """Returns what PyAV opens a file with, within `shared_context`."""
    return HWAccel(
        "cuda",
        device=str(how.device),
        allow_software_fallback=False,
        # PyAV asks for the primary context by itself unless it is told not to.
        options={"primary_ctx": "0", "current_ctx": "1"},
        is_hw_owned=stay,
    )


def reason_of(error: Exception) -> str:
    """Returns what went wrong with the device, in one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).strip().splitlines()[0]
