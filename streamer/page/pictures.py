"""JPEG of a picture before and after, in one message with one timestamp."""

import struct

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray

from sources.colour import conversion_for, is_rgb
from sources.frame import Colour
from sources.nvdec import ON_DEVICE, downloaded
from streamer.pipeline.preview import PicturePair

HEADER = struct.Struct("!QI")
"""Microseconds since 1970, and bytes of the first JPEG; the second one is the rest."""
_QUALITY = [int(cv2.IMWRITE_JPEG_QUALITY), 80]
_TURNS = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}


class PairEncoder:
    """Scales pairs down and compresses them; for one thread.

    Args:
        longest: Longest side of the JPEG pictures in pixels; smaller ones stay.
    """

    def __init__(self, longest: int = 960) -> None:
        self._longest = longest
        self._reformatter = VideoReformatter()

    def __call__(self, pair: PicturePair) -> bytes:
        """Returns the message of a pair: `HEADER`, JPEG before, JPEG after."""
        before = self._jpeg(pair.before, pair.before_colour, pair)
        after = self._jpeg(pair.after, pair.after_colour, pair)
        return HEADER.pack(pair.taken_us, len(before)) + before + after

    def _jpeg(self, picture: av.VideoFrame, colour: Colour, pair: PicturePair) -> bytes:
        turned = _upright(self._bgr(picture, colour), pair.rotation, pair.mirrored)
        done, data = cv2.imencode(".jpg", turned, _QUALITY)
        if not done:
            raise ValueError(
                f"OpenCV made no JPEG of {turned.shape[1]}x{turned.shape[0]}"
            )
        return data.tobytes()

    def _bgr(self, picture: av.VideoFrame, colour: Colour) -> NDArray[np.uint8]:
        if picture.format.name == ON_DEVICE:
            picture = downloaded(picture)
        how = conversion_for(colour, picture.height)
        share = min(1.0, self._longest / max(picture.width, picture.height))
        bgr = self._reformatter.reformat(
            picture,
            width=max(2, round(picture.width * share)),
            height=max(2, round(picture.height * share)),
            format="bgr24",
            src_colorspace=None if is_rgb(picture.format.name) else how.matrix,
            src_color_range=None if is_rgb(picture.format.name) else how.full_range,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BILINEAR,
        )
        return np.ascontiguousarray(bgr.to_ndarray())


def split(message: bytes) -> tuple[int, bytes, bytes]:
    """Returns a message's microseconds since 1970 and its two JPEG pictures."""
    taken_us, length = HEADER.unpack_from(message)
    start = HEADER.size
    return taken_us, message[start : start + length], message[start + length :]


def _upright(
    bgr: NDArray[np.uint8], rotation: int, mirrored: bool
) -> NDArray[np.uint8]:
    turn = _TURNS.get(rotation % 360)
    turned = bgr if turn is None else cv2.rotate(bgr, turn)
    return np.asarray(cv2.flip(turned, 1) if mirrored else turned, np.uint8)
