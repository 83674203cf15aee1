"""How a picture is turned for showing, as its file notes it."""

import math
import struct

import av
from av.sidedata.sidedata import SideData


def orientation_of(picture: av.VideoFrame) -> tuple[int, bool]:
    """Returns the counter-clockwise turn in degrees, and whether a mirror follows it.

    The turn is 0, 90, 180 or 270: what lies between goes to the nearest. A matrix that
    mirrors has a negative determinant, and FFmpeg reads a turn out of it that is none:
    the turn before the mirror is the one of the matrix with its first column negated.
    """
    a, b, c, d = _matrix(picture)
    if a * d - b * c >= 0:
        return _quarters(picture.rotation), False
    return _quarters(-math.degrees(math.atan2(b, -a))), True


def _quarters(degrees: float) -> int:
    """Returns the nearest quarter turn: 0, 90, 180 or 270."""
    return round(degrees / 90) * 90 % 360


def _matrix(picture: av.VideoFrame) -> tuple[int, int, int, int]:
    """Returns the linear part of the display matrix, row by row."""
    try:
        found = picture.side_data.get("DISPLAYMATRIX")
    except ValueError:  # PyAV 18 cannot list side data with EXIF (type 31) among it
        found = None
    if not isinstance(found, SideData):
        return 1, 0, 0, 1
    a, b, _, c, d, *_ = struct.unpack("=9i", memoryview(found))
    return a, b, c, d
