"""The drawn street: the same for the same index, and like a photograph."""

import numpy as np
import pytest

from sources.synthetic.street import SMALLEST, Street
from sources.synthetic.street.view import Image


@pytest.fixture(scope="module")
def street() -> Street:
    return Street(128, 72)


def test_the_same_index_gives_the_same_picture(street: Street) -> None:
    first = street.frame(7)
    street.frame(30)

    assert np.array_equal(street.frame(7), first)


def test_another_street_of_the_same_seed_is_the_same(street: Street) -> None:
    assert np.array_equal(Street(128, 72).frame(7), street.frame(7))


def test_another_seed_is_another_street(street: Street) -> None:
    other = Street(128, 72, seed=1).frame(7)

    assert np.abs(other.astype(int) - street.frame(7)).mean() > 5


@pytest.mark.parametrize(
    ("width", "height"), [(16, 16), (17, 61), (64, 64), (90, 160), (300, 20)]
)
@pytest.mark.parametrize("darkness", [0.0, 0.5, 1.0])
def test_any_size_is_drawn(width: int, height: int, darkness: float) -> None:
    picture = Street(width, height).frame(3, darkness)

    assert picture.shape == (height, width, 3)
    assert picture.dtype == np.uint8


def test_a_size_too_small_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match=f"at least {SMALLEST} x {SMALLEST}.*15 x 40"):
        Street(15, 40)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        Street(64, 64, rate=0)


def test_the_street_moves_from_frame_to_frame(street: Street) -> None:
    now, next_one, later = (street.frame(i).astype(float) for i in (20, 21, 60))

    assert np.abs(next_one - now).mean() > 1
    assert np.abs(next_one - now).mean() < np.abs(later - now).mean()


def test_night_is_darker_than_dusk_and_dusk_than_day(street: Street) -> None:
    day, dusk, night = (street.frame(9, d).mean() for d in (0.0, 0.5, 1.0))

    assert day > 1.3 * dusk > 1.3 * 1.2 * night


def test_lamps_shine_at_night(street: Street) -> None:
    night = street.frame(9, 1.0)

    assert night.max() > 180
    assert np.median(night) < 60


def test_a_drive_of_hours_stays_sharp(street: Street) -> None:
    after_ten_hours = street.frame(900_000)

    assert _detail(after_ten_hours) > 0.7 * _detail(street.frame(0))


@pytest.mark.slow
def test_detail_falls_with_frequency_as_in_photographs() -> None:
    grey = Street(256, 144).frame(11).mean(axis=2)[:, 56:200]
    window = np.hanning(144)[:, None] * np.hanning(144)
    power = np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2
    cycles = np.hypot(*np.meshgrid(*[np.fft.fftfreq(144) * 144] * 2))
    rings = np.array([4, 8, 16, 32, 64])

    levels = [power[(cycles > 0.8 * r) & (cycles < 1.25 * r)].mean() for r in rings]

    slope = np.polyfit(np.log(rings), np.log(levels), 1)[0]
    # Power of natural scenes falls with the square of frequency, give or take a half.
    assert -3.0 < slope < -1.5


def _detail(picture: Image) -> float:
    return float(np.abs(np.diff(picture.astype(float), axis=0)).mean())
