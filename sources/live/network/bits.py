"""Reads the units of H.264 and H.265 streams, and the bits of their headers."""

from collections.abc import Iterator


def units_of(data: bytes) -> Iterator[bytes]:
    """Yields the units of a byte stream (annex B of both), each from its first byte."""
    at = data.find(b"\0\0\1")
    while at >= 0:
        begin = at + 3
        at = data.find(b"\0\0\1", begin)
        unit = data[begin : at if at >= 0 else len(data)]
        if unit:
            yield unit


class Bits:
    """Reads bits; past the end is an `IndexError`."""

    def __init__(self, data: bytes) -> None:
        """`data`: a unit behind its head, with the bytes that prevent start codes."""
        plain = data.replace(b"\0\0\3", b"\0\0")  # 7.4.1, emulation prevention
        self._value, self._left = int.from_bytes(plain), 8 * len(plain)

    def take(self, count: int) -> int:
        """Returns the next `count` bits as a number."""
        if count > self._left:
            raise IndexError("past the end")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        """Returns an unsigned number in exponential Golomb code (H.264, 9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def skip_golombs(self, count: int) -> None:
        """Passes over so many numbers."""
        for _ in range(count):
            self.golomb()
