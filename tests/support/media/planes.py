"""What lies in the planes of a stored clip."""

from pathlib import Path

import av
import numpy as np


def luma_planes(path: Path) -> list[np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
    with av.open(str(path)) as container:
        return [_luma(frame) for frame in container.decode(video=0)]


def _luma(frame: av.VideoFrame) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    kind = np.uint16 if "10" in frame.format.name else np.uint8
    rows = np.frombuffer(memoryview(frame.planes[0]), kind)
    return rows.reshape(frame.height, -1)[:, : frame.width].astype(np.int64)
