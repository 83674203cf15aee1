"""Whether a file holds all that it says it holds: by its own index, never by a guess.

A count of frames or a duration in a head is a hint for progress. AVI counts frames that
say "as before" and take no bytes, FLV rounds, Matroska's duration covers all tracks.
"""

from pathlib import Path

from av.video.stream import VideoStream

from sources.container.ebml import damage_of, missing_bytes
from sources.container.lengths import missing_of_asf, missing_of_flv, missing_of_ogg

_TS_PACKET, _TS_SYNC = 188, 0x47
_AVI_HEAD = 12
_BY_OWN_LENGTHS = {
    b"\x1a\x45\xdf\xa3": missing_bytes,
    b"FLV\x01": missing_of_flv,
    b"OggS": missing_of_ogg,
    b"\x30\x26\xb2\x75": missing_of_asf,
}
"""How many bytes a file lacks by what it says itself, by its first four."""


def what_is_missing(path: Path, stream: VideoStream, packets: int) -> str:
    """Returns how the file is cut or damaged, in one line; empty if it is whole.

    Args:
        path: The file.
        stream: Its video, with the index as the container gave it.
        packets: So many were read of it.
    """
    size = path.stat().st_size
    ends = [each.pos + each.size for each in stream.index_entries if each.size > 0]
    if any(end > size for end in ends):
        return f"the file is cut short: {packets} of {len(ends)} frames in it"
    with path.open("rb") as file:
        head = file.read(_AVI_HEAD)
        if head[:4] == b"RIFF":
            said = int.from_bytes(head[4:8], "little") + 8
            return _cut_bytes(said - size)
        if missing := _BY_OWN_LENGTHS.get(head[:4]):
            return _cut_bytes(missing(file, size))
        if head[0:1] == bytes([_TS_SYNC]) and _is_transport(file.read(_TS_PACKET)):
            return _cut_bytes(-size % _TS_PACKET)
    return ""


def damage_note(path: Path) -> str:
    """Returns where a container is damaged inside, in one line; empty if nowhere."""
    with path.open("rb") as file:
        place = damage_of(file, path.stat().st_size)
    if place is None:
        return ""
    return f"the file is damaged at byte {place}; pictures there may be missing"


def _is_transport(data: bytes) -> bool:
    place = _TS_PACKET - _AVI_HEAD
    return len(data) > place and data[place] == _TS_SYNC


def _cut_bytes(missing: int) -> str:
    if missing <= 0:
        return ""
    return f"the file is cut short: {missing} bytes are missing at its end"
