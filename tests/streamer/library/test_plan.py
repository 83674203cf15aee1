"""Where films are cut, by the times of their packets alone."""

from fractions import Fraction
from pathlib import Path

import pytest

from sources.files.packet_index import KeyFrame, PacketIndex
from streamer.errors import StreamerError
from streamer.library.plan import Plan, Window, lead_ins, middle_of, plan_of

PATH = Path("film.mp4")
ALL = Window()


def an_index(frames: int = 100, every: int = 10, **more: object) -> PacketIndex:
    """Ten frames a second, ten units each; a key frame now and then."""
    times = tuple(range(0, frames * 10, 10))
    return PacketIndex(
        time_base=Fraction(1, 100),
        times=times,
        key_frames=tuple(KeyFrame(pts, closed=True) for pts in times[::every]),
        **more,  # type: ignore[arg-type] # a test names them
    )


def cut(
    index: PacketIndex, window: Window = ALL, seconds: int = 3, reach: int = 0
) -> Plan:
    return plan_of(PATH, index, window, seconds, (reach, reach))


def test_pieces_begin_at_key_frames_and_the_last_is_no_shorter_than_half() -> None:
    plan = cut(an_index(frames=100, every=10))

    assert [span.first for span in plan.spans] == [0, 300, 600]
    assert [span.end for span in plan.spans] == [300, 600, None]
    assert plan.frames == (30, 30, 40)
    assert plan.frames_expected == 100


def test_a_key_frame_far_off_makes_a_longer_piece() -> None:
    plan = cut(an_index(frames=90, every=40))

    assert [span.first for span in plan.spans] == [0, 400]


def test_what_the_network_has_to_see_around_a_piece_is_decoded_too() -> None:
    first, second, last = cut(an_index(), reach=2).spans

    assert (first.before, first.behind) == (0, 2)
    assert (second.before, second.behind) == (2, 2)
    assert (last.before, last.behind) == (2, 0)
    assert (second.start_at, second.first_index) == (200, 30)


def test_a_window_begins_at_zero_and_ends_where_it_is_told() -> None:
    window = Window(start=Fraction("1.05"), duration=Fraction(2))

    plan = cut(an_index(), window)

    assert [(s.first, s.end, s.shift) for s in plan.spans] == [(110, 310, -110)]
    assert plan.frames == (20,)


def test_a_preview_is_three_seconds_of_the_middle_or_all_there_is() -> None:
    assert middle_of(an_index(frames=101)) == Window(
        start=Fraction("3.5"), duration=Fraction(3)
    )
    assert middle_of(an_index(frames=5)).start == 0


def test_nothing_behind_the_end_can_be_taken() -> None:
    with pytest.raises(StreamerError, match=r"nothing is at 10 s: it is 9\.9 s long"):
        cut(an_index(), Window(start=Fraction(10)))


def test_a_film_that_must_not_be_cut_stays_whole_and_says_why() -> None:
    index = an_index(uncut="it has one key frame only", problem="it ends early")

    plan = cut(index)

    assert plan == Plan(
        spans=(),
        frames=(100,),
        whole="it has one key frame only",
        problem="it ends early",
    )


def test_a_part_of_a_film_with_uncertain_times_is_refused() -> None:
    index = an_index(uncut="its times begin anew in the middle", certain=False)

    with pytest.raises(StreamerError, match="no part of it can be taken: its times"):
        cut(index, Window(start=Fraction(1)))


def test_lead_ins_grow_by_four_and_the_last_begins_with_the_film() -> None:
    index = an_index(frames=500)
    plan = cut(index, seconds=30, reach=2)

    found = list(lead_ins(index, plan, 1))

    assert plan.spans[1].first == 3000
    assert [span.first for span in found] == [2760, 2040, 0]
    assert {span.end for span in found} == {3000}
    assert [span.before for span in found] == [2, 2, 0]
    assert [span.first_index for span in found] == [276, 204, 0]
