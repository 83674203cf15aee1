"""Before and after in one picture, side by side as the viewer sees them."""

import av
import numpy as np

from sources.frame import RgbArray
from streamer.pipeline.gpu.planes import beside


class SideBySide:
    """Puts two pictures into one; the canvas is reused for every frame.

    Players turn a picture that carries a rotation. Side by side on the screen then
    means one above the other in the stored picture.
    """

    def __init__(self, rotation: int, mirrored: bool = False) -> None:
        """How the pictures are shown: turned by `rotation` degrees, then `mirrored`."""
        self._upright = rotation in {0, 180}
        self._swapped = (rotation in {180, 270}) != mirrored
        self._canvas: RgbArray = np.empty((0, 0, 3), np.uint8)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Returns width and height of the canvas for pictures of a size."""
        return (2 * width, height) if self._upright else (width, 2 * height)

    def __call__(self, before: RgbArray, after: RgbArray) -> RgbArray:
        """Returns the canvas, good until the next call."""
        height, width, _ = after.shape
        wide, high = self.size(width, height)
        if self._canvas.shape != (high, wide, 3) or self._canvas.dtype != after.dtype:
            self._canvas = np.empty((high, wide, 3), after.dtype)
        first, second = (after, before) if self._swapped else (before, after)
        if self._upright:
            self._canvas[:, :width], self._canvas[:, width:] = first, second
        else:
            self._canvas[:height], self._canvas[height:] = first, second
        return self._canvas

    def of_planes(self, before: av.VideoFrame, after: av.VideoFrame) -> av.VideoFrame:
        """Returns a new picture of both, made without converting colours.

        Args:
            before: As decoded, on the host or a device.
            after: Planes of the host.
        """
        first, second = (after, before) if self._swapped else (before, after)
        return beside(first, second, below=not self._upright)
