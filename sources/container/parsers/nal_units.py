"""Where the NAL units of H.264 and H.265 begin in a packet.

Containers put a length before each (ISO/IEC 14496-15), streams a start code (annex B).
"""

from collections.abc import Iterator


def unit_starts(data: bytes, length_size: int) -> Iterator[int]:
    """Yields the places of the units' first bytes.

    Args:
        data: A packet, or the beginning of one.
        length_size: Bytes of the length before each unit; 0 for start codes.
    """
    place = 0 if length_size else data.find(b"\0\0\1")
    while length_size and place + length_size < len(data):
        size = int.from_bytes(data[place : place + length_size])
        yield place + length_size
        place += length_size + size
    while not length_size and 0 <= place < len(data) - 3:
        yield place + 3
        place = data.find(b"\0\0\1", place + 3)
