"""Fits a picture into what a network takes, and boxes back into the picture."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.luma import RgbArray
from evaluation.tasks.judges.settings import JudgeSettings

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A picture as a network takes it, and where the picture lies in it."""

    values: Floats
    """[1, 3, height, width]."""
    across: float
    """Pixels of the network's input for one of the picture, from left to right."""
    down: float
    left: float
    """Pixels of padding at the left."""
    top: float
    picture: tuple[int, int]
    """Width and height of the picture."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what the network takes."""
        return self.values.shape[3], self.values.shape[2]

    def to_picture(self, boxes: NDArray[Any]) -> Floats:
        """Returns boxes of the network's input, [n, 4], as pixels of the picture.

        They are cut to the picture.
        """
        width, height = self.picture
        shift = np.array([self.left, self.top] * 2, np.float32)
        scale = np.array([self.across, self.down] * 2, np.float32)
        found = (np.asarray(boxes, np.float32).reshape(-1, 4) - shift) / scale
        limits = np.array([width, height] * 2, np.float32)
        return np.clip(found, 0, limits).astype(np.float32)


def fitted(picture: RgbArray, settings: JudgeSettings) -> Fitted:
    """Returns a picture, uint8 RGB [height, width, 3], as the judge takes it."""
    height, width = picture.shape[:2]
    size = settings.size or _rounded(width, height, settings.multiple)
    share = min(size[0] / width, size[1] / height)
    inner = size
    if settings.fit != "stretch":
        inner = (max(round(width * share), 1), max(round(height * share), 1))
    values = picture
    if inner != (width, height):
        values = np.asarray(cv2.resize(picture, inner, None, 0, 0, cv2.INTER_LINEAR))
    left, top = 0, 0
    if settings.fit == "letterbox":
        left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    canvas = np.full((size[1], size[0], 3), settings.pad, np.float32)
    canvas[top : top + inner[1], left : left + inner[0]] = values
    if settings.channels == "bgr":
        canvas = canvas[..., ::-1]
    mean, std = (np.array(v, np.float32) for v in (settings.mean, settings.std))
    canvas = (canvas - mean) / std
    return Fitted(
        values=np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32),
        across=inner[0] / width,
        down=inner[1] / height,
        left=left,
        top=top,
        picture=(width, height),
    )


def _rounded(width: int, height: int, multiple: int) -> tuple[int, int]:
    return (
        max(width // multiple, 1) * multiple,
        max(height // multiple, 1) * multiple,
    )
