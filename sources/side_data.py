"""What hangs on a decoded picture besides its pixels: the one place that looks at it.

PyAV 18 crashes where side data bring a dictionary (`AVFrameSideData.metadata`): its
wrapper frees the dictionary that the frame frees again. FFmpeg's PNG decoders attach
one, the name of a colour profile, and nothing in Python can see that beforehand. So
nothing that those decoders make is asked for its side data; `VideoFrame.rotation`,
which needs no wrapper, is safe.
"""

from typing import Any

import av
from av.sidedata.sidedata import SideData, SideDataContainer

_WITH_DICTIONARIES = frozenset({"png", "apng"})
"""Decoders whose side data have a dictionary, in libavcodec 62: only these."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = {b"iCCP": "ICC_PROFILE", b"eXIf": "EXIF"}
_ENCODERS_OWN = (b"x264", b"x265", b"Lavc", b"SVT", b"nvenc")
"""How the text of messages begins in which an encoder names itself."""
_UUID_BYTES = 16
_CONTAINER: Any = SideDataContainer
"""Any: the stubs know no constructor."""
_BY_NAME = int(av.__version__.split(".")[0]) >= 19
"""From PyAV 19 on the names are iterated, and only a slice gives all entries."""


def side_data_of(picture: av.VideoFrame, decoder: str) -> tuple[SideData, ...]:
    """Returns the side data of a picture; none where they cannot be read.

    Args:
        picture: As decoded.
        decoder: FFmpeg's name of what made it.
    """
    if decoder in _WITH_DICTIONARIES:
        return ()
    try:
        # `picture.side_data` would keep it: the two hold each other, and the picture's
        # memory until Python looks for such rings, which may be 200 pictures later.
        found = _CONTAINER(picture)
    except ValueError:  # PyAV 18 refuses all if one is EXIF (type 31), newer than it
        return ()
    entries = found[:] if _BY_NAME else found
    return tuple(data for data in entries if isinstance(data, SideData))


def kinds_in_png(packet: bytes, context: av.VideoCodecContext) -> frozenset[str]:
    """Returns what `side_data_of` must not look at, read from the chunks of a PNG.

    Args:
        packet: The first of the stream: a whole picture, unless it is animated.
        context: Of the stream; an animated PNG has its first chunks there.
    """
    if context.name not in _WITH_DICTIONARIES:
        return frozenset()
    data = packet if packet.startswith(_PNG) else _PNG + bytes(context.extradata or b"")
    found, place = set(), len(_PNG)
    while place + 8 <= len(data):
        size, kind = (
            int.from_bytes(data[place : place + 4]),
            data[place + 4 : place + 8],
        )
        found |= {_PNG_CHUNKS[kind]} if kind in _PNG_CHUNKS else set()
        place += 12 + size
    return frozenset(found)


def kinds_of(side_data: tuple[SideData, ...]) -> frozenset[str]:
    """Returns FFmpeg's names of side data, such as `A53_CC`.

    Messages in which an encoder tells its own name and settings do not count: they are
    not true of what is written.
    """
    return frozenset(data.type.name for data in side_data if not _is_own(data))


def _is_own(data: SideData) -> bool:
    if data.type.name != "SEI_UNREGISTERED":
        return False
    return bytes(memoryview(data))[_UUID_BYTES:].startswith(_ENCODERS_OWN)
