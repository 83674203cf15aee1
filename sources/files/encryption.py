"""Says that a file is encrypted: else its pictures are only "undecodable"."""

from pathlib import Path

from sources.container.parsers.ebml import tracks
from sources.container.parsers.mp4_boxes import content, find

_ENCRYPTION = 0x5035
"""Matroska's element ContentEncryption."""
_SAMPLE_ENTRIES = {b"encv", b"drmi"}
_TS_PACKET, _TS_SYNC, _TS_LOOKED_AT = 188, 0x47, 2000
_SCRAMBLED = 0xC0


def encryption_of(path: Path) -> str:
    """Returns what shows that the video of a file is encrypted, or nothing."""
    size = path.stat().st_size
    with path.open("rb") as file:
        for box in find(file, 0, size, "moov", "trak", "mdia", "minf", "stbl", "stsd"):
            entry = content(file, box)[12:16]
            if entry in _SAMPLE_ENTRIES:
                return f"its sample entry is {entry.decode()}"
        if any(_ENCRYPTION in track for track in tracks(file, size)):
            return "its track has a ContentEncryption element"
        file.seek(0)
        data = file.read(_TS_PACKET * _TS_LOOKED_AT)
    heads = [data[at : at + 4] for at in range(0, len(data) - 4, _TS_PACKET)]
    transport = len(heads) > 2 and all(head[0] == _TS_SYNC for head in heads)
    if transport and any(head[3] & _SCRAMBLED for head in heads):
        return "its packets are scrambled"
    return ""
