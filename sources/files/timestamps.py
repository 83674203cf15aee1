"""Gives every frame a presentation time, also where the stream has none."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from heapq import heapify, heappop, heappush

import av
from av.video.stream import VideoStream

_LATEST_START_SECONDS = 100_000
"""Transport streams count to 95,444 s and begin anywhere; beyond it stands a date."""
_JOINT_STEPS = 10
"""Times that fall back further than so many frames start anew; less is a slip."""
_ONLY_DECODE_TIMES = frozenset({"avi"})


class Timeline:
    """Turns the times of a decoder into strictly increasing ones, from 0 or later.

    Times that rise are left exactly as they are. A missing one is put one frame after
    the one before; one that does not rise is moved just behind it and counted. Where
    the times start anew, as in transport streams put one behind the other, or jump
    ahead by more than a day, which MP4 cannot store, all that follow are moved by the
    same length; so they are where the first lies before zero,
    which no container can store.
    """

    def __init__(
        self,
        step: int,
        time_base: Fraction = Fraction(1, 90_000),
        *,
        after: int | None = None,
        shift: int = 0,
    ) -> None:
        """Begins a stream, or goes on in the middle of one.

        Args:
            step: Units of the time base that one frame usually lasts.
            time_base: Seconds of one unit.
            after: The time that was given to the frame before; None for the first.
            shift: By which the file's times were moved there.
        """
        self._step = max(step, 1)
        self._latest_start = round(_LATEST_START_SECONDS / time_base)
        self._date = False
        self._last = after
        self._moved = self._joints = 0
        self._early = False
        self.shift = shift
        """Units by which whatever the file says is moved now."""

    @property
    def notes(self) -> list[str]:
        """What a user should know of the times so far, a line each."""
        told = {
            "times before zero were moved, all alike, to begin there": self._early,
            "the times begin with a date: all were moved, alike, to begin at zero": (
                self._date
            ),
            f"the times start anew {self._joints} times: what follows is joined on, "
            "without audio that overlaps": self._joints,
            f"{self._moved} frames came without a rising time stamp and were moved": (
                self._moved
            ),
        }
        return [note for note, true in told.items() if true]

    def place(self, pts: int | None) -> int:
        """Returns the time of the next frame, given what the stream says of it."""
        if self._last is None:
            self._date = (pts or 0) > self._latest_start
            self.shift = -(pts or 0) if self._date else max(-(pts or 0), 0)
            self._early = self.shift > 0
            placed = (pts or 0) + self.shift
        elif pts is None:
            placed = self._last + self._step
        else:
            placed = self._behind(self._last, pts)
        self._last = placed
        return placed

    def _behind(self, last: int, pts: int) -> int:
        ahead = pts + self.shift - last
        if ahead < -_JOINT_STEPS * self._step or ahead > self._latest_start:
            self._joints += 1
            self.shift = last + self._step - pts
        placed = max(pts + self.shift, last + 1)
        self._moved += placed != pts + self.shift
        return placed


class LatePictures:
    """Tells a picture that comes long after its turn from times that start anew.

    A decoder may give one out so where others are damaged; shown in its turn it can be
    no more. Where times start anew, those of decoding do, too.
    """

    def __init__(self, step: int) -> None:
        """Nothing came; `step` is as in `Timeline`, in the units of the stream."""
        self.count = 0
        """Of pictures that were left out."""
        self._far = _JOINT_STEPS * max(step, 1)
        self._decoded: int | None = None
        self._last: int | None = None
        self._starts_anew = False

    def add(self, dts: int | None) -> None:
        """Takes the time of decoding of the next packet, if it has one."""
        before, self._decoded = self._decoded, dts
        fell = dts is not None and before is not None and dts < before
        self._starts_anew |= dts is None or fell

    def left_out(self, pictures: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """Yields the pictures, and leaves out those that come too late."""
        for picture in pictures:
            if self._is_late(picture.pts):
                self.count += 1
            else:
                yield picture

    def _is_late(self, pts: int | None) -> bool:
        if pts is None:
            return False
        falls = self._last is not None and pts < self._last - self._far
        if falls and not self._starts_anew:
            return True
        self._starts_anew &= not falls
        self._last = pts
        return False


class DecodeTimes:
    """Times of decoding for pictures that come in another order: each the earliest.

    A packet that gave no picture takes its time along, as soon as it is certain that
    none will come; else all pictures behind it would be shown too early.
    """

    def __init__(self, delay: int) -> None:
        """No packet came.

        Args:
            delay: By how many packets at most a picture comes later than its own.
        """
        self._delay = delay
        self._times: list[int] = []
        self._pictureless: dict[int, int] = {}
        """Packets whose picture has not come: their numbers, by time."""
        self._packets = 0

    def add(self, dts: int | None) -> None:
        """Takes the time of a packet that is decoded now."""
        if dts is not None:
            heappush(self._times, dts)
            self._pictureless[dts] = self._packets
            self._packets += 1

    def next(self, own: int | None = None) -> int | None:
        """Returns the time of the next picture that comes out.

        Args:
            own: Time of the packet that it was made of, where the decoder tells.
        """
        number = self._pictureless.pop(own, None) if own is not None else None
        if number is not None:
            self._forget_lost(before=number - self._delay)
        return heappop(self._times) if self._times else None

    def _forget_lost(self, before: int) -> None:
        lost = [dts for dts, number in self._pictureless.items() if number < before]
        for dts in lost:
            del self._pictureless[dts]
            if not self._times:
                return
            # Another picture may have taken it: then that one's own is free.
            self._times.remove(dts if dts in self._times else self._times[0])
            heapify(self._times)


def only_decode_times(container: str, stream: VideoStream) -> bool:
    """Returns whether a container says when pictures are decoded, not when shown.

    That is one and the same where each picture stands for itself, as in Motion JPEG.
    """
    codec = stream.codec_context.codec
    return container in _ONLY_DECODE_TIMES and not codec.intra_only


def reorder_delay(stream: VideoStream) -> int:
    """Returns by how many packets a picture may come later than its own, by codec."""
    return 16 if stream.codec_context.codec.name in {"h264", "hevc"} else 2


def usual_step(time_base: Fraction, rate: Fraction | None) -> int:
    """Returns how many units of `time_base` a frame lasts at `rate`."""
    return round(1 / (rate or Fraction(25)) / time_base)
