"""Whether a file holds all that it says it holds: by its own index, never by a guess.

A count of frames or a duration in a head is a hint for progress. AVI counts frames that
say "as before" and take no bytes, FLV rounds, Matroska's duration covers all tracks.
"""

from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from av.error import FFmpegError
from av.video.stream import VideoStream

from sources.container.damage import pass_over, past_damage
from sources.container.lengths import (
    missing_of_asf,
    missing_of_flv,
    missing_of_fragment,
    missing_of_ogg,
)
from sources.container.parsers.ebml import damage_of, missing_bytes
from sources.container.video import open_file, video_stream
from sources.errors import SourceError

_TS_PACKET, _TS_SYNC = 188, 0x47
_AVI_HEAD = 12
_BY_OWN_LENGTHS = {
    b"\x1a\x45\xdf\xa3": missing_bytes,
    b"FLV\x01": missing_of_flv,
    b"OggS": missing_of_ogg,
    b"\x30\x26\xb2\x75": missing_of_asf,
}
"""How many bytes a file lacks by what it says itself, by its first four."""


@dataclass(frozen=True, slots=True)
class FileState:
    """How a file stood at one moment."""

    place: tuple[int, int]
    """Device and number: another, if the file was replaced."""
    size: int
    modified_ns: int


def state_of(path: Path) -> FileState | None:
    """Returns how a file stands now; None if there is none."""
    with suppress(OSError):
        now = path.stat()
        return FileState((now.st_dev, now.st_ino), now.st_size, now.st_mtime_ns)
    return None


def what_came_later(path: Path, opened: FileState | None, packets: int) -> str:
    """Returns how many frames were written too late, in one line, or nothing.

    A file that was written to meanwhile is read once more, without decoding: FFmpeg
    takes from fragmented MP4 what is there at the opening, and follows others to where
    they end just then.

    Args:
        path: The file.
        opened: How it stood before it was opened.
        packets: So many were read of its video.
    """
    now = state_of(path)
    if opened is None or now is None or now == opened or now.place != opened.place:
        return ""
    later = _packets_in(path) - packets
    if later <= 0:
        return ""
    return (
        f"the file grew while it was read: {later} frames after the first {packets} "
        "came too late and are missing"
    )


def _packets_in(path: Path) -> int:
    try:
        with closing(open_file(path)) as container:
            stream = video_stream(container, path)
            packets = past_damage(lambda: container.demux(stream), pass_over)
            return sum(packet.size > 0 for packet in packets)
    except (FFmpegError, OSError, SourceError):
        return 0


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
        if head[4:8] == b"ftyp":
            return _cut_bytes(missing_of_fragment(file, size))
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
