"""How a picture is turned for showing, as its file notes it."""

import math
import struct

import av
from av.sidedata.sidedata import SideData


def orientation_of(
    picture: av.VideoFrame, side_data: tuple[SideData, ...]
) -> tuple[int, bool]:
    """Returns the counter-clockwise turn in degrees, and whether a mirror follows it.

    The turn is 0, 90, 180 or 270: what lies between goes to the nearest. A matrix that
    mirrors has a negative determinant, and FFmpeg reads a turn out of it that is none:
    the turn before the mirror is the one of the matrix with its first column negated.

    Args:
        picture: As decoded.
        side_data: Of the picture, as far as it can be read.
    """
    a, b, c, d = _matrix(side_data)
    if a * d - b * c >= 0:
        return _quarters(picture.rotation), False
    return _quarters(-math.degrees(math.atan2(b, -a))), True


def _quarters(degrees: float) -> int:
    """Returns the nearest quarter turn: 0, 90, 180 or 270."""
    return round(degrees / 90) * 90 % 360


def _matrix(side_data: tuple[SideData, ...]) -> tuple[int, int, int, int]:
    """Returns the linear part of the display matrix, row by row."""
    for data in side_data:
        if data.type.name == "DISPLAYMATRIX":
            a, b, _, c, d, *_ = struct.unpack("=9i", memoryview(data))
            return a, b, c, d
    return 1, 0, 0, 1
