"""What comes late is told from a camera whose clock is behind."""

import pytest

from sources.live.lateness import Excess, Lateness

SECOND = 90_000
MS = SECOND // 1000


def taken(*came: tuple[float, float]) -> Lateness:
    """Takes pictures of which the camera's seconds and those of arrival are given."""
    lateness = Lateness()
    for own, wall in came:
        lateness.take(round(own * SECOND), round(wall * SECOND))
    return lateness


def at_pace(
    rate: int, begin: float, seconds: float, *, behind: float = 0.0
) -> list[tuple[float, float]]:
    count = round(seconds * rate)
    return [(begin + i / rate, begin + i / rate + behind) for i in range(count)]


def backlog(rate: int, held: float, speed: float) -> list[tuple[float, float]]:
    """One second after `held` was held back, and comes so much faster than taken."""
    step = 1 / rate
    return [(i * step, held + i * step / speed) for i in range(round(held + 1) * rate)]


def test_the_least_of_the_window_is_what_is_usual() -> None:
    excess = Excess(window=10)

    assert [excess.of(delay, now) for delay, now in [(5, 0), (3, 1), (7, 2)]] == [
        *(0, 0, 4)
    ]
    assert excess.of(7, 11) == 4
    assert excess.of(7, 12) == 0


def test_pictures_of_a_burst_are_late_by_the_camera_clock_until_it_caught_up() -> None:
    before = at_pace(25, -2, 2)
    late_ms = []

    for count in range(1, 51):
        lateness = taken(*before, *backlog(25, 1, 1000)[:count])
        late_ms.append(lateness.ticks // MS)

    assert late_ms[0] == 1000
    assert late_ms[12] == 520
    assert late_ms[26:] == [0] * 24


@pytest.mark.parametrize("rate", [5, 10, 25, 60])
@pytest.mark.parametrize("behind", [0.3, 1.5])
def test_what_came_late_at_once_and_stays_as_late_is_the_clock(
    rate: int, behind: float
) -> None:
    before, after = at_pace(rate, 0, 2), at_pace(rate, 2, 1, behind=behind)

    stays = [taken(*before, *after[: i + 1]).stays for i in range(len(after))]

    first = stays.index(True)
    assert 0.5 <= first / rate < 0.75


def test_a_slow_camera_has_to_show_it_with_three_pictures() -> None:
    before, after = at_pace(2, 0, 4), at_pace(2, 4, 2, behind=1.5)

    stays = [taken(*before, *after[: i + 1]).stays for i in range(len(after))]

    assert stays == [False, False, True, True]


@pytest.mark.parametrize("speed", [1000, 3, 1.5, 1.2, 0.9])
def test_a_backlog_that_shrinks_or_grows_is_late(speed: float) -> None:
    before, after = at_pace(25, -2, 2), backlog(25, 1.5, speed)

    assert not any(taken(*before, *after[:i]).stays for i in range(len(after) + 1))


def test_a_network_that_becomes_slower_bit_by_bit_is_late() -> None:
    pictures = [(i / 25, i / 25 / 0.95) for i in range(250)]

    assert not any(taken(*pictures[:i]).stays for i in range(len(pictures)))
    assert taken(*pictures).ticks > SECOND // 5


def test_a_shaking_network_hides_no_clock_that_stood_still() -> None:
    shaking = [
        (own, wall + (i * 7 % 15) / 250)  # up to 56 ms
        for i, (own, wall) in enumerate(at_pace(25, 2, 0.8, behind=1.5))
    ]

    assert taken(*at_pace(25, 0, 2), *shaking).stays
