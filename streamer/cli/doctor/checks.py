"""What this machine can read, run and write: found out by trying, not by asking.

An encoder that is compiled in may still fail to open (NVENC without a driver), so each
one encodes two pictures here.
"""

import io
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import av
from av.error import FFmpegError

from evaluation.provenance import NOT_INSTALLED, machine, package_versions
from sinks.encoding.nvenc import two_pictures
from sinks.errors import SinkError
from sources.nvdec import (
    ON_DEVICE,
    GpuDecoding,
    accelerator,
    no_decoder,
    no_driver,
    shared_context,
)

_DECODERS = ("h264", "hevc", "libdav1d", "vp9", "vp8", "mpeg2video", "mpeg4", "mjpeg")
_ENCODERS = ("libx264", "libx265", "libsvtav1", "libvpx-vp9")
_HARDWARE_ENCODERS = ("h264_nvenc", "hevc_nvenc", "av1_nvenc")
_PACKAGES = ("derain", "torch", "openvino", "av", "numpy", "opencv-python-headless")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried."""

    group: str
    """machine, decode, network, encode, weights or extras."""
    name: str
    works: bool
    detail: str
    """What was found, or why it does not work."""


def examine() -> Iterator[Finding]:
    """Yields the findings, group by group; takes a few seconds."""
    yield from _machine()
    yield from _decoding()
    yield from _networks()
    yield from _encoding()
    yield from _weights()
    yield from _extras()


def _machine() -> Iterator[Finding]:
    here = machine()
    detail = (
        f"{here['cores']} cores, {here['memory_gib']:.0f} GiB, "
        f"Python {platform.python_version()}"
    )
    yield Finding(group="machine", name=platform.machine(), works=True, detail=detail)
    for name, text in package_versions(*_PACKAGES).items():
        works = text != NOT_INSTALLED
        yield Finding(group="machine", name=name, works=works, detail=text)


def _decoding() -> Iterator[Finding]:
    for name in _DECODERS:
        yield _tried("decode", name, partial(_decodes, name))
    yield _tried("decode", "NVDEC (cuda)", _nvdec)
    cameras = sorted(str(path) for path in Path("/dev").glob("video*"))
    yield Finding(
        group="decode",
        name="cameras",
        works=bool(cameras),
        detail=", ".join(cameras) or "no /dev/video*",
    )


def _decodes(name: str) -> str:
    return av.Codec(name, "r").long_name


def _nvdec() -> str:
    if reason := no_decoder():
        raise RuntimeError(reason)
    data = io.BytesIO(two_pictures("libx264"))
    how = GpuDecoding(device=0, stay=True)
    with shared_context(how.device):
        opened = av.open(data, "r", hwaccel=accelerator(how, stay=True))
    with opened as container:
        name = next(container.decode(video=0)).format.name
    if name != ON_DEVICE:
        raise RuntimeError(f"FFmpeg decoded on the CPU, to {name}")
    return "decodes H.264"


def _networks() -> Iterator[Finding]:
    yield _tried("network", "torch cpu", _torch_cpu)
    yield _tried("network", "torch cuda", _torch_cuda)
    yield from _openvino()


def _torch_cpu() -> str:
    """Looked up and not loaded: that takes longer than all the rest together."""
    found = package_versions("torch")["torch"]
    if found == NOT_INSTALLED:
        raise RuntimeError(found)
    return found


def _torch_cuda() -> str:
    _need_nvidia()
    torch = import_module("torch")
    if torch.version.cuda is None:
        raise RuntimeError(f"torch {torch.__version__} is built without CUDA")
    torch.zeros(1, device="cuda")
    names = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
    return ", ".join(names)


def _openvino() -> Iterator[Finding]:
    try:
        import_module("model.backends.openvino")  # without OpenVINO's converter
        core = import_module("openvino").Core()
        devices = list(core.available_devices)
    except (ImportError, RuntimeError) as error:
        yield _failed("network", "openvino", error)
        return
    gpus = import_module("model.backends.openvino.devices").intel_gpus()
    for device in devices:
        name = str(core.get_property(device, "FULL_DEVICE_NAME")).strip()
        use = "not used"
        if device == "CPU":
            use = f"{_numbers()}; --device cpu"
        elif device in gpus:
            use = f"fp16, fp32; --device intel:{gpus.index(device)}, untried"
        yield Finding(
            group="network",
            name=f"openvino {device.lower()}",
            works=use != "not used",
            detail=f"{name}; {use}",
        )
    if not gpus:
        why = "no Intel GPU seen; one needs its driver, as intel-opencl-icd"
        yield Finding(group="network", name="openvino gpu", works=False, detail=why)
    for detail in _measured():
        yield Finding(group="network", name="measured", works=True, detail=detail)


def _numbers() -> str:
    """In which numbers OpenVINO computes on this processor, the fastest first."""
    processor = import_module("model.backends.openvino.processor")
    precisions = processor.cpu_precisions()
    return ", ".join(["int8"] * processor.has_int8_dot() + precisions)


def _measured() -> Iterator[str]:
    """Yields what earlier runs found out about this machine."""
    autotune = import_module("model.backends.autotune")
    for what, chosen in autotune.remembered("cpu").items():
        yield f"{chosen} {what}"
    memory = import_module("streamer.network.pace_memory")
    for what, pace in memory.remembered_paces().items():
        yield f"{what}: {pace}{autotune.BUSY * pace.contended}"


def _encoding() -> Iterator[Finding]:
    for name in (*_ENCODERS, *_HARDWARE_ENCODERS):
        yield _tried("encode", name, partial(_encodes, name))


def _need_nvidia() -> None:
    """Raises RuntimeError with the true reason; FFmpeg says "not permitted"."""
    if reason := no_driver():
        raise RuntimeError(reason)


def _encodes(name: str) -> str:
    if name in _HARDWARE_ENCODERS:
        _need_nvidia()
    size = len(two_pictures(name))
    formats = av.Codec(name, "w").video_formats or []
    depths = {part.bits for kind in formats for part in kind.components}
    return f"up to {max(depths)} bit" if size and depths else "works"


def _weights() -> Iterator[Finding]:
    model = import_module("model")
    missing = [name for name in model.VARIANTS if not model.shipped_weights(name)]
    for name in model.VARIANTS:
        if name not in missing:
            yield Finding(group="weights", name=name, works=True, detail="shipped")
    if missing:
        yield Finding(
            group="weights",
            name=f"{len(missing)} others",
            works=False,
            detail=f"train them, or give a .safetensors: {', '.join(missing)}",
        )


def _extras() -> Iterator[Finding]:
    yield _tried("extras", "GStreamer", _gstreamer)
    for name, wanted_for in (
        ("cupy", "networks on CUDA"),
        ("tensorflow", "import-tf"),
        ("onnxscript", "export"),
    ):
        there = find_spec(name) is not None
        detail = "installed" if there else f"not installed; only for {wanted_for}"
        yield Finding(group="extras", name=name, works=there, detail=detail)


def _gstreamer() -> str:
    python = import_module("sinks.live.serving.place").check_gstreamer()
    return f"for gst: and serve://, by {python}"


def _tried(group: str, name: str, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(group=group, name=name, works=True, detail=attempt())
    except (
        FFmpegError,
        SinkError,
        ImportError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        return _failed(group, name, error)


def _failed(group: str, name: str, error: Exception) -> Finding:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    line = reason.strip().splitlines()[0]
    return Finding(group=group, name=name, works=False, detail=line)
