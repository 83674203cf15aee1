"""A limit of pictures under way that changes while somebody waits."""

from threading import Thread

from streamer.live.fitting.places import Places
from tests.support.patience import PATIENCE_SECONDS


def test_a_place_is_taken_when_one_is_given_back() -> None:
    places = Places()
    places.take(2)
    places.take(2)
    waiting = Thread(target=places.take, args=(2,), daemon=True)
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()

    places.give()

    waiting.join(PATIENCE_SECONDS)
    assert not waiting.is_alive()


def test_a_higher_limit_lets_more_in() -> None:
    places = Places()
    places.take(1)

    places.take(2)


def test_nobody_waits_once_the_run_is_over() -> None:
    places = Places()
    places.take(1)
    places.open()

    places.take(1)
