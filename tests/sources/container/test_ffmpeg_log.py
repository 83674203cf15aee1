"""What FFmpeg says is heard where it is asked for, and nowhere else."""

import av.logging
import pytest

from sources.container.ffmpeg_log import listened


def test_what_is_said_meanwhile_is_given_with_its_level_and_name() -> None:
    with listened() as lines:
        av.logging.log(av.logging.WARNING, "reader", "packet is damaged")
        av.logging.log(av.logging.DEBUG, "reader", "packet is fine")

    assert lines == [(av.logging.WARNING, "reader", "packet is damaged")]


def test_afterwards_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with listened():
        pass

    av.logging.log(av.logging.ERROR, "reader", "nobody asked")

    assert capfd.readouterr() == ("", "")


def test_a_level_that_somebody_asked_for_comes_back() -> None:
    before = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with pytest.raises(ZeroDivisionError), listened():
            _ = 1 / 0

        assert av.logging.get_level() == av.logging.ERROR
    finally:
        av.logging.set_level(before)
