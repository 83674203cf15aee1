"""How many bytes files lack at their end, by the lengths that they say themselves.

FLV: Adobe, "Flash Video File Format Specification" 10.1, annex E; Ogg: RFC 3533,
section 6; ASF (WMV): Microsoft, "Advanced Systems Format Specification", section 3.2;
fragmented MP4: ISO/IEC 14496-12.
"""

from typing import BinaryIO

from sources.container.parsers.mp4_boxes import boxes

_FLV_TAG, _FLV_SIZE = 11, 4
_OGG_HEAD, _OGG_LONGEST = 27, 27 + 255 + 255 * 255
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_SIZE, _ASF_FLAGS, _ASF_BROADCAST = 40, 88, 1
_ASF_HEAD = 1 << 16


def missing_of_flv(file: BinaryIO, end: int) -> int:
    """Returns what its last tag lacks, with the length that stands behind each tag."""
    file.seek(5)
    place = int.from_bytes(file.read(4), "big") + _FLV_SIZE
    while place < end:
        file.seek(place)
        head = file.read(_FLV_TAG)
        if len(head) < _FLV_TAG:
            return _FLV_TAG - len(head)
        if head[0] & 0x1F not in {8, 9, 18}:  # audio, video, script
            return 0
        place += _FLV_TAG + int.from_bytes(head[1:4], "big") + _FLV_SIZE
    return max(place - end - _FLV_SIZE, 0)  # that last length is often left away


def missing_of_ogg(file: BinaryIO, end: int) -> int:
    """Returns what its last page lacks."""
    file.seek(max(end - _OGG_LONGEST, 0))
    rest = file.read()
    page = rest[max(rest.rfind(b"OggS"), 0) :]
    if not page.startswith(b"OggS"):
        return 0
    segments = page[_OGG_HEAD - 1] if len(page) >= _OGG_HEAD else 0
    behind_head = _OGG_HEAD + segments
    return max(behind_head + sum(page[_OGG_HEAD:behind_head]) - len(page), 0)


def missing_of_asf(file: BinaryIO, end: int) -> int:
    """Returns how much longer its head says it is; a broadcast does not know."""
    file.seek(0)
    head = file.read(_ASF_HEAD)
    place = head.find(_ASF_PROPERTIES)
    if place < 0 or len(head) < place + _ASF_FLAGS + 4:
        return 0
    if head[place + _ASF_FLAGS] & _ASF_BROADCAST:
        return 0
    said = int.from_bytes(head[place + _ASF_SIZE : place + _ASF_SIZE + 8], "little")
    return max(said - end, 0)


def missing_of_fragment(file: BinaryIO, end: int) -> int:
    """Returns what the head of the last fragment of an MP4 file lacks, at least.

    Of the pictures behind a head that is whole, the index tells.
    """
    place, fragments = 0, False
    for box in boxes(file, 0, end):
        place = box.end
        fragments |= box.kind == "moof"
    file.seek(place)
    head = file.read(8)
    if fragments and 0 < len(head) < 8:
        return 8 - len(head)
    if head[4:] != b"moof":
        return 0
    return max(place + int.from_bytes(head[:4], "big") - end, 0)
