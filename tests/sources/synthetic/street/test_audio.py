"""The audio of the drive through the drawn street."""

import numpy as np
import pytest

from sources.synthetic.street.audio import SAMPLE_RATE, street_audio


def test_audio_lasts_as_long_as_asked_for_and_is_stereo() -> None:
    audio = street_audio(0.5, rainy=True)

    assert audio.shape == (SAMPLE_RATE // 2, 2)
    assert audio.dtype == np.int16
    assert not np.array_equal(audio[:, 0], audio[:, 1])


def test_the_same_seed_audios_the_same() -> None:
    first = street_audio(0.3, rainy=True, seed=2)

    assert np.array_equal(first, street_audio(0.3, rainy=True, seed=2))
    assert not np.array_equal(first, street_audio(0.3, rainy=True, seed=3))


def test_rain_can_be_heard_above_the_engine() -> None:
    rainy, dry = (_treble(street_audio(0.5, rainy=r)) for r in (True, False))

    assert rainy > 3 * dry > 0


def test_nothing_is_clipped() -> None:
    loudest = int(np.abs(street_audio(4.0, rainy=True).astype(int)).max())

    assert 4_000 < loudest < 31_500


@pytest.mark.parametrize("seconds", [0.04, 1 / SAMPLE_RATE])
def test_short_audios_are_made_too(seconds: float) -> None:
    assert len(street_audio(seconds, rainy=True)) == round(seconds * SAMPLE_RATE)


def _treble(audio: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> float:
    return float(np.abs(np.diff(audio.astype(float), n=2, axis=0)).mean())
