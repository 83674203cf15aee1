"""The time of a live stream, whatever the camera's clock does."""

from itertools import pairwise

import pytest

from sources.live.timestamps import Restamper

STEP = 3000
"""A frame at 30 fps, in ticks of 1/90000 s."""
MS = 1_000_000


def place_all(line: Restamper, came: list[tuple[int | None, int]]) -> list[int]:
    return [line.place(pts, arrived_ms * MS) for pts, arrived_ms in came]


def steps(times: list[int]) -> list[int]:
    return [b - a for a, b in pairwise(times)]


def steady(first_pts: int, first_ms: int, count: int) -> list[tuple[int | None, int]]:
    return [(first_pts + i * STEP, first_ms + i * 100 // 3) for i in range(count)]


def test_the_spacing_of_the_camera_is_kept_though_the_network_shakes() -> None:
    came = [(i * STEP, i * 100 // 3 + (i * 7) % 15) for i in range(300)]

    times = place_all(Restamper(), list(came))

    assert all(abs(step - STEP) < 40 for step in steps(times))


def test_a_new_connection_goes_on_where_the_clock_is() -> None:
    line = Restamper()
    before = place_all(line, steady(10**9, 0, 30))

    line.reconnected()
    after = place_all(line, steady(77, 5000, 30))

    assert after[0] == 5 * 90_000
    assert all(step > 0 for step in steps(before + after))


def test_a_clock_that_jumps_by_hours_leaves_no_gap() -> None:
    line = Restamper()
    hours = 5 * 3600 * 90_000

    times = place_all(line, steady(hours, 0, 30))
    times += place_all(line, steady(3 * hours, 1000, 30))
    times += place_all(line, steady(0, 2000, 30))

    assert line.jumps == 2
    assert all(0 < step < 2 * STEP for step in steps(times))


def test_a_jump_of_one_second_is_seen_too() -> None:
    line = Restamper()

    times = place_all(line, steady(0, 0, 30) + steady(90_000 + 30 * STEP, 1000, 30))

    assert line.jumps == 1
    assert all(0 < step < 2 * STEP for step in steps(times))


def test_a_gap_that_really_was_one_is_kept() -> None:
    line = Restamper()

    times = place_all(line, [(0, 0), (STEP, 33), (STEP + 90_000, 1033)])

    assert line.jumps == 0
    assert times[-1] - times[-2] == 90_000


def test_a_clock_that_drifts_is_followed() -> None:
    line = Restamper()
    slow = [(i * STEP * 84 // 100, i * 100 // 3) for i in range(9000)]

    times = place_all(line, list(slow))

    assert abs(times[-1] - 300 * 90_000) < 2 * 90_000
    assert all(step > 0 for step in steps(times))


def test_pictures_without_a_time_are_put_where_they_arrive() -> None:
    times = place_all(Restamper(), [(None, 0), (None, 40), (None, 40), (None, 120)])

    assert times[0] == 0
    assert all(step > 0 for step in steps(times))
    assert times[-1] == 120 * 90


def test_a_burst_of_late_pictures_keeps_its_spacing() -> None:
    line = Restamper()
    came = [(i * STEP, 1000 + i) for i in range(30)]

    times = place_all(line, list(came))

    assert all(STEP // 2 < step <= STEP for step in steps(times)[1:])


def test_other_tracks_wait_until_a_picture_of_the_connection_told_its_time() -> None:
    line = Restamper()
    at_ns = 40_000_000

    line.place(None, 0)
    assert line.beside(5_000_000, 0) is None
    line.place(5_000_000, at_ns)
    assert line.beside(5_000_090, at_ns) == 3600 + 90

    line.reconnected()
    assert line.beside(5_000_180, at_ns) is None


def test_other_tracks_wait_when_the_clock_jumps_until_a_picture_tells_how_far() -> None:
    line = Restamper()
    line.place(0, 0)
    jump = 3600 * 90_000

    assert line.beside(jump, 40_000_000) is None

    line.place(jump, 40_000_000)
    assert line.beside(jump, 40_000_000) == 3600


@pytest.mark.parametrize("behind_ms", [300, 1500])
def test_a_clock_that_stood_still_is_made_good_within_a_second(behind_ms: int) -> None:
    line = Restamper()

    place_all(line, steady(0, 0, 30))
    times = place_all(line, steady(30 * STEP, 1000 + behind_ms, 300))

    lags = [i * STEP - (time - 90 * (1000 + behind_ms)) for i, time in enumerate(times)]
    assert line.jumps == 1
    assert all(step > 0 for step in steps(times))
    assert max(abs(lag) for lag in lags[16:]) < 90  # half a second is sixteen pictures


def test_what_a_hitch_of_the_network_held_back_is_no_jump() -> None:
    line = Restamper()

    times = place_all(line, steady(0, 0, 30))
    times += place_all(line, [((30 + i) * STEP, 2500 + i) for i in range(45)])
    times += place_all(line, steady(75 * STEP, 2545, 300))

    assert line.jumps == 0
    assert max(steps(times)) < 2 * STEP


def test_a_burst_at_the_connect_makes_nothing_late_that_follows() -> None:
    line = Restamper()
    late = []

    for pts, arrived_ms in [(i * STEP, i) for i in range(30)] + steady(
        30 * STEP, 60, 300
    ):
        line.place(pts, arrived_ms * MS)
        late.append(line.late_ns)

    assert max(late) < 40 * MS


def test_what_a_hitch_held_back_is_as_late_as_the_camera_says() -> None:
    line = Restamper()
    place_all(line, steady(0, 0, 30))

    line.place(30 * STEP, 2500 * MS)
    held_back = line.late_ns
    line.reconnected()
    line.place(40 * STEP, 3000 * MS)

    assert held_back == pytest.approx(1500 * MS, abs=2 * MS)
    assert line.late_ns == 0
