from collections.abc import Sequence
from fractions import Fraction

import av
import pytest

from sources.files.timestamps import (
    DecodeTimes,
    LatePictures,
    Timeline,
    usual_step,
)


def placed(times: list[int | None], step: int = 10) -> tuple[list[int], list[str]]:
    line = Timeline(step)
    return [line.place(time) for time in times], line.notes


def test_rising_times_are_left_alone() -> None:
    assert placed([7, 8, 100, 101]) == ([7, 8, 100, 101], [])


def test_a_missing_time_is_one_step_behind_the_last() -> None:
    assert placed([None, None, 50, None]) == ([0, 10, 50, 60], [])


def test_a_time_that_does_not_rise_is_moved_and_counted() -> None:
    times, notes = placed([5, 5, 3, 20])

    assert times == [5, 6, 7, 20]
    assert notes == ["2 frames came without a rising time stamp and were moved"]


def test_a_frame_of_ntsc_lasts_1001_units() -> None:
    assert usual_step(Fraction(1, 30000), Fraction(30000, 1001)) == 1001


def test_times_that_start_anew_go_on_behind_the_last() -> None:
    line = Timeline(step=10)

    times = [line.place(time) for time in [500, 510, 520, 7, 17, 27]]

    assert times == [500, 510, 520, 530, 540, 550]
    assert line.shift == 523
    assert len(line.notes) == 1
    assert "start anew 1 times" in line.notes[0]


def test_a_jump_of_days_in_mid_file_is_joined_there_and_back() -> None:
    line = Timeline(step=10, time_base=Fraction(1, 1000))

    times = [line.place(time) for time in [0, 10, 4_278_190_711, 30, 90_000_000]]

    assert times == [0, 10, 20, 30, 90_000_000]
    assert "start anew 2 times" in line.notes[0]


def test_times_before_zero_are_moved_to_it_all_together() -> None:
    line = Timeline(step=10)

    assert [line.place(time) for time in [-20, -10, 0, 15]] == [0, 10, 20, 35]
    assert line.shift == 20
    assert line.notes == ["times before zero were moved, all alike, to begin there"]


def test_pictures_take_the_times_of_decoding_in_order() -> None:
    times = DecodeTimes(delay=2)
    for dts in (0, 1, 2, 3):
        times.add(dts)

    assert [times.next(own) for own in (0, 2, 1, 3)] == [0, 1, 2, 3]
    assert times.next() is None


def test_a_packet_without_a_picture_moves_no_other_picture() -> None:
    times = DecodeTimes(delay=0)
    placed = []
    for dts in range(6):
        times.add(dts)
        if dts != 2:  # it could not be decoded
            placed.append(times.next(own=dts))

    assert placed == [0, 1, 3, 4, 5]


def test_with_b_frames_a_lost_picture_is_certain_a_little_later() -> None:
    times = DecodeTimes(delay=1)
    placed = []
    for dts in range(8):
        times.add(dts)
        if dts != 2:
            placed.append(times.next(own=dts))

    assert placed == [0, 1, 2, 4, 5, 6, 7]


def shown(
    late: LatePictures, decoded: Sequence[int | None], pictures: Sequence[int | None]
) -> list[int | None]:
    """Gives packets and pictures in turn; returns the times of those that are left."""
    left: list[int | None] = []
    for dts, pts in zip(decoded, pictures, strict=True):
        picture = av.VideoFrame(16, 16)
        picture.pts = pts
        late.add(dts)
        left += [each.pts for each in late.left_out([picture])]
    return left


def test_a_picture_that_comes_long_after_its_turn_is_left_out_and_counted() -> None:
    late = LatePictures(step=1)

    left = shown(late, range(6), [0, 30, 12, 31, 32, 27])

    assert left == [0, 30, 31, 32, 27]  # the last is five frames late: a slip
    assert late.count == 1


def test_where_times_of_decoding_start_anew_pictures_do_too() -> None:
    late = LatePictures(step=1)

    left = shown(late, [50, 51, 0, 1, 2, 3], [50, 51, 0, 20, 1, 21])

    assert left == [50, 51, 0, 20, 21]
    assert late.count == 1


@pytest.mark.parametrize("decoded", [None, 7])
def test_where_nothing_tells_all_pictures_stay(decoded: int | None) -> None:
    late = LatePictures(step=1)

    left = shown(late, [decoded, None, None], [50, 0, None])

    assert left == [50, 0, None]
