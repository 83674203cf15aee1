from fractions import Fraction

from sources.timeline import Timeline, usual_step


def placed(times: list[int | None], step: int = 10) -> tuple[list[int], int]:
    line = Timeline(step)
    return [line.place(time) for time in times], line.moved


def test_rising_times_are_left_alone() -> None:
    assert placed([7, 8, 100, 101]) == ([7, 8, 100, 101], 0)


def test_a_missing_time_is_one_step_behind_the_last() -> None:
    assert placed([None, None, 50, None]) == ([0, 10, 50, 60], 0)


def test_a_time_that_does_not_rise_is_moved_and_counted() -> None:
    assert placed([5, 5, 3, 20]) == ([5, 6, 7, 20], 2)


def test_a_frame_of_ntsc_lasts_1001_units() -> None:
    assert usual_step(Fraction(1, 30000), Fraction(30000, 1001)) == 1001
