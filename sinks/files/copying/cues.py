"""Text cues one behind the other, for containers that cannot hold two at a time.

In fragmented MP4 two cues that overlap even end the process: FFmpeg 8.1 asserts in
`get_cluster_duration` that the times of a track rise. Cues that overlap stand together
while both are shown.

The same happens where FFmpeg puts empty cues between them by itself: its muxer compares
the end of a cue with the times of other tracks without regard to their units
(`movenc.c`, `mov_write_packet`), and so ends it too early. It does neither where no
unit is coarser than the others' and no gap is left: hence `filled`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_LENGTH = struct.Struct(">H")
EMPTY = _LENGTH.pack(0)
"""A cue of MP4 that shows nothing."""
_LONGEST_MS = 600_000
"""32 bits of a fine unit hold little more."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Text from `start` to `end`, in ms, in MP4's form (`tx3g`)."""

    start: int
    end: int
    data: bytes


class CueLine:
    """Cuts cues where others begin and end; those that come out never overlap."""

    def __init__(self) -> None:
        """No cue is shown."""
        self._shown: list[Cue] = []
        self._now = 0

    def add(self, cue: Cue) -> list[Cue]:
        """Takes a cue and returns what is complete before it.

        One that begins before the cues that came out begins behind them.
        """
        complete = self.until(cue.start)
        complete += self._part(cue.start)
        self._now = max(self._now, cue.start)
        self._shown.append(Cue(cue.start, max(cue.end, self._now + 1), cue.data))
        return complete

    def until(self, time: int | None) -> list[Cue]:
        """Returns the cues that have ended at `time`, in ms; all for None."""
        complete = []
        while self._shown:
            end = min(cue.end for cue in self._shown)
            if time is not None and end > time:
                break
            complete += self._part(end)
            self._shown = [cue for cue in self._shown if cue.end > end]
        return complete

    def _part(self, stop: int) -> list[Cue]:
        """Returns what is shown from now to `stop`, which is now from then on."""
        begin = max(self._now, min((cue.start for cue in self._shown), default=stop))
        if stop <= begin:
            return []
        self._now = stop
        return [Cue(begin, stop, _together([cue.data for cue in self._shown]))]


def apart(cues: Iterator[Cue]) -> Iterator[Cue]:
    """Yields cues that do not overlap."""
    line = CueLine()
    for cue in cues:
        yield from line.add(cue)
    yield from line.until(None)


def filled(cues: Iterator[Cue], begin: int) -> Iterator[Cue]:
    """Yields cues without gaps from `begin` on, in ms: empty ones lie between them."""
    for cue in cues:
        while begin < cue.start:
            end = min(cue.start, begin + _LONGEST_MS)
            yield Cue(begin, end, EMPTY)
            begin = end
        if cue.end > begin:
            yield Cue(begin, cue.end, cue.data)
            begin = cue.end
    yield Cue(begin, begin + 1, EMPTY)


def _together(cues: list[bytes]) -> bytes:
    """Returns one cue with the lines of all; alone it keeps its styling."""
    if len(cues) == 1:
        return cues[0]
    text = b"\n".join(_text(cue) for cue in cues)
    return _LENGTH.pack(len(text)) + text


def _text(cue: bytes) -> bytes:
    (length,) = _LENGTH.unpack_from(cue)
    return cue[_LENGTH.size : _LENGTH.size + length]
