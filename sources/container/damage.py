"""Reads packets behind a damaged place: a demuxer's error is not yet the file's end."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

S = TypeVar("S", bound=Stream)
_FAULTS_IN_ROW = 100
"""A transport stream reports damage once for each stretch that it skips."""


class OnFault(Protocol):
    """Is told of each fault."""

    def __call__(self, error: FFmpegError, *, last: bool) -> None:
        """Says what went wrong, and whether reading ends with it."""


def pass_over(error: FFmpegError, *, last: bool) -> None:
    """Says nothing, where another reading of the same file tells of its damage."""


def past_damage(
    demux: "Callable[[], Iterator[Packet[S]]]", on_fault: OnFault
) -> "Iterator[Packet[S]]":
    """Yields packets, also those behind damage, while something readable follows.

    Args:
        demux: Reads on where the file stands; called again after a fault, since an
            error ends the reading before it.
        on_fault: Called for each; the last is the 101st in a row.
    """
    packets = demux()
    faults_in_row = 0
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except FFmpegError as error:
            faults_in_row += 1
            last = faults_in_row > _FAULTS_IN_ROW
            on_fault(error, last=last)
            if last:
                return
            packets = demux()
            continue
        faults_in_row = 0
        yield packet
