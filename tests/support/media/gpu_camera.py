"""A camera whose pictures a GPU decodes, or refuses: made of what FFmpeg would give."""

from collections.abc import Callable, Iterator

import av
import numpy as np
import pytest
from av.error import FFmpegError, InvalidDataError

from sources.frame import Colour, StreamInfo
from sources.live.network import nvdec as live_nvdec
from sources.live.network.nvdec import (
    NetworkLiveStream,
    NvdecPictures,
)
from sources.live.timestamps import TIME_BASE
from sources.nvdec import GpuDecoding

ON_GPU = GpuDecoding(device=0, stay=False)
REQUIRED = GpuDecoding(device=0, stay=False, required=True)
INFO = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=TIME_BASE,
    colour=Colour(),
    live=True,
)


def a_error() -> FFmpegError:
    return InvalidDataError(1, "Invalid data found when processing input")


def a_picture(kind: str = "yuv420p", pts: int = 0) -> av.VideoFrame:
    picture = av.VideoFrame(66, 50, kind)
    rng = np.random.default_rng(5)
    for plane in picture.planes:
        samples = np.frombuffer(memoryview(plane), np.uint8)
        samples[:] = rng.integers(0, 256, samples.size)
    picture.pts, picture.time_base = pts, TIME_BASE
    picture.key_frame = True  # type: ignore[misc] # the stubs know no setter
    return picture


class Camera:
    """Connections, each of which does what was planned for it."""

    def __init__(
        self,
        *plans: Callable[[], Iterator[av.VideoFrame | None]],
        info: StreamInfo = INFO,
    ) -> None:
        self.info = info
        self.asked: list[GpuDecoding | None] = []
        self.closed = 0
        self._plans = iter(plans)

    def __call__(self, gpu: NvdecPictures | None) -> "Camera":
        self.asked.append(gpu.how if gpu else None)
        return self

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        return next(self._plans)()

    def close(self) -> None:
        self.closed += 1


def shows(count: int) -> Callable[[], Iterator[av.VideoFrame | None]]:
    def plan() -> Iterator[av.VideoFrame | None]:
        for number in range(count):
            yield a_picture(pts=number * 3000)

    return plan


def shows_then(
    count: int, error: Exception
) -> Callable[[], Iterator[av.VideoFrame | None]]:
    def plan() -> Iterator[av.VideoFrame | None]:
        yield from shows(count)()
        raise error

    return plan


def on_gpu(
    camera: Camera, how: GpuDecoding, monkeypatch: pytest.MonkeyPatch
) -> NetworkLiveStream:
    """A stream that was told to decode on a GPU, where there seems to be one."""
    monkeypatch.setattr(live_nvdec, "no_decoder", lambda: "")
    monkeypatch.setattr(live_nvdec, "device_error", lambda _how: "")
    stream = NetworkLiveStream("camera", camera)
    assert stream.decode_on_gpu(how) == ""
    return stream
