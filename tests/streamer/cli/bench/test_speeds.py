import pytest

from model import ModelError
from streamer.cli.bench.speeds import all_slots, every_precision, opened, speed, timed
from tests.support.fakes import PassThrough


def test_the_first_time_is_not_counted_and_three_are_taken_at_least() -> None:
    calls: list[None] = []

    times = timed(lambda: calls.append(None), 0)

    assert len(times) == 3
    assert len(calls) == 4


def test_all_slots_get_a_picture_of_the_size_at_once() -> None:
    network = PassThrough(slots=3)

    all_slots(network, (64, 48))()

    assert network.pictures == 3


def test_a_speed_counts_the_pictures_of_all_slots() -> None:
    found = speed(PassThrough(slots=2, seconds=0.02), (64, 48), 0)

    assert (found["width"], found["height"], found["slots"]) == (64, 48, 2)
    assert (found["model"], found["precision"]) == ("pass-through", "exact")
    assert 0 < found["fps_slowest"] <= found["fps"] <= found["fps_fastest"] <= 100
    assert found["streams_at_30_fps"] == int(found["fps"] // 30)


def test_a_network_that_there_is_not_is_an_error_when_it_is_named() -> None:
    with pytest.raises(ModelError, match="nonsense"):
        opened("nonsense", ("cpu", "torch", "fp32"))
    with pytest.raises(ModelError, match="nonsense"):
        next(every_precision("nonsense", ("cpu", "torch", "fp32")))
