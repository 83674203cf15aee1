"""The sound of the drive through the drawn street."""

import numpy as np
import pytest

from sources.synthetic.street.sound import SAMPLE_RATE, street_sound


def test_sound_lasts_as_long_as_asked_for_and_is_stereo() -> None:
    sound = street_sound(0.5, rainy=True)

    assert sound.shape == (SAMPLE_RATE // 2, 2)
    assert sound.dtype == np.int16
    assert not np.array_equal(sound[:, 0], sound[:, 1])


def test_the_same_seed_sounds_the_same() -> None:
    first = street_sound(0.3, rainy=True, seed=2)

    assert np.array_equal(first, street_sound(0.3, rainy=True, seed=2))
    assert not np.array_equal(first, street_sound(0.3, rainy=True, seed=3))


def test_rain_can_be_heard_above_the_engine() -> None:
    rainy, dry = (_treble(street_sound(0.5, rainy=r)) for r in (True, False))

    assert rainy > 3 * dry > 0


def test_nothing_is_clipped() -> None:
    loudest = int(np.abs(street_sound(4.0, rainy=True).astype(int)).max())

    assert 4_000 < loudest < 31_500


@pytest.mark.parametrize("seconds", [0.04, 1 / SAMPLE_RATE])
def test_short_sounds_are_made_too(seconds: float) -> None:
    assert len(street_sound(seconds, rainy=True)) == round(seconds * SAMPLE_RATE)


def _treble(sound: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> float:
    return float(np.abs(np.diff(sound.astype(float), n=2, axis=0)).mean())
