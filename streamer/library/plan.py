"""Cuts a film into pieces at its key frames, by its packets alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sources.files.packet_index import PacketIndex
from sources.files.part import Span
from streamer.errors import StreamerError
from streamer.library.options import LibraryOptions, seconds_in

_PREVIEW_SECONDS = 3
_FIRST_LEAD_IN = 24
"""Frames after which the rain gate mostly knows its state: 12 dry and 8 to fade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stretch of a film that is wanted, in seconds from its first frame."""

    start: Fraction = Fraction(0)
    duration: Fraction | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.start and self.duration is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The pieces of one film; all times are as the file says them."""

    spans: tuple[Span, ...]
    """Empty where the film stays whole."""
    frames: tuple[int, ...]
    """How many each has, if all can be decoded."""
    whole: str = ""
    """Why the film is not cut, in one line."""
    problem: str = ""
    """Why the file ends before its announced end; else empty."""

    @property
    def frames_expected(self) -> int:
        """How many frames the film will have."""
        return sum(self.frames)


def window_of(index: PacketIndex, options: LibraryOptions) -> Window:
    """Returns the stretch of a film that the options want.

    Raises:
        StreamerError: A time is none.
    """
    if options.preview:
        return middle_of(index)
    start, length = options.start, options.duration
    return Window(
        start=seconds_in(start, "--start") if start else Fraction(0),
        duration=seconds_in(length, "--duration") if length else None,
    )


def middle_of(index: PacketIndex) -> Window:
    """Returns the window that a preview shows."""
    length = (index.times[-1] - index.times[0]) * index.time_base
    start = max((length - _PREVIEW_SECONDS) / 2, Fraction(0))
    return Window(start=start, duration=Fraction(_PREVIEW_SECONDS))


def plan_of(
    path: Path,
    index: PacketIndex,
    window: Window,
    piece_seconds: int,
    reach: tuple[int, int],
) -> Plan:
    """Returns how a film is cut.

    Args:
        path: For messages.
        index: Of the film.
        window: What of it is wanted.
        piece_seconds: How long a piece is, up to the next key frame.
        reach: How many frames before and behind a piece the network has to see.

    Raises:
        StreamerError: The window holds no frame, or the film cannot be cut for it.
    """
    if not index.certain or (index.uncut and window.is_all):
        return _whole(path, index, window)
    first, end = _ends(path, index, window)
    shift = -first if not window.is_all else max(-first, 0)
    cuts = list(_cuts(index, first, end, round(piece_seconds / index.time_base)))
    spans = tuple(_spans(index, cuts, end, shift, reach))
    return Plan(
        spans=spans,
        frames=tuple(index.frames_between(s.first, s.end) for s in spans),
        problem=index.problem if end is None else "",
    )


def _whole(path: Path, index: PacketIndex, window: Window) -> Plan:
    if not window.is_all:
        raise StreamerError(f"{path}: no part of it can be taken: {index.uncut}")
    return Plan(
        spans=(),
        frames=(len(index.times),),
        whole=index.uncut,
        problem=index.problem,
    )


def _spans(
    index: PacketIndex,
    cuts: Sequence[int],
    end: int | None,
    shift: int,
    reach: tuple[int, int],
) -> Iterator[Span]:
    for number, cut in enumerate(cuts):
        last = number + 1 == len(cuts)
        before = reach[0] if number else 0
        yield Span(
            start_at=index.start_before(cut, _safe(before)),
            first=cut,
            end=end if last else cuts[number + 1],
            shift=shift,
            first_index=index.frames_between(index.times[0], cut),
            before=before,
            behind=0 if last else reach[1],
        )


def lead_ins(index: PacketIndex, plan: Plan, number: int) -> Iterator[Span]:
    """Yields ever longer stretches before a piece, to find the gate's state by.

    Each ends where the piece begins; the last one begins where the film does.
    """
    piece, begin = plan.spans[number], plan.spans[0].first
    frames = _FIRST_LEAD_IN
    while True:
        first = max(index.time_before(piece.first, frames), begin)
        if index.time_before(first, piece.before) <= begin:
            first = begin
        before = 0 if first == begin else piece.before
        yield Span(
            start_at=index.start_before(first, _safe(before)),
            first=first,
            end=piece.first,
            shift=piece.shift,
            first_index=index.frames_between(index.times[0], first),
            before=before,
            behind=piece.before,
        )
        if first == begin:
            return
        frames *= 4


def _safe(before: int) -> int:
    """A few more than needed, so that damage just there leaves enough."""
    return before + 6 if before else 0


def _ends(path: Path, index: PacketIndex, window: Window) -> tuple[int, int | None]:
    origin = index.times[0]
    first = index.time_at(origin + round(window.start / index.time_base))
    if first is None:
        length = float((index.times[-1] - origin) * index.time_base)
        start = float(window.start)
        raise StreamerError(
            f"{path}: nothing is at {start:g} s: it is {length:.1f} s long"
        )
    if window.duration is None:
        return first, None
    end = index.time_at(first + max(round(window.duration / index.time_base), 1))
    return first, end


def _cuts(
    index: PacketIndex, first: int, end: int | None, length: int
) -> Iterator[int]:
    """Yields where pieces begin; the last one is no shorter than half a piece."""
    yield first
    stop = index.times[-1] if end is None else end
    last = first
    for key in _keys_between(index, first, stop):
        if key - last >= length and stop - key >= length // 2:
            yield key
            last = key


def _keys_between(index: PacketIndex, first: int, stop: int) -> Sequence[int]:
    return [key.pts for key in index.key_frames if first < key.pts < stop]
