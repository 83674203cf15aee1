import pytest

from benchmarks.network.bench_cpu import _ratios, in_turns
from tests.support.fakes import PassThrough


def test_networks_take_turns_with_all_their_slots_and_the_first_is_not_counted() -> (
    None
):
    runners = {"one": PassThrough(slots=1), "two": PassThrough(slots=2)}

    wall, processor = in_turns(runners, (64, 48), 0)

    assert wall.keys() == processor.keys() == runners.keys()
    assert [len(times) for times in wall.values()] == [3, 3]
    assert [network.pictures for network in runners.values()] == [4, 8]
    assert all(time > 0 for times in wall.values() for time in times)


def test_a_gain_is_of_each_round() -> None:
    assert _ratios([10.0, 30.0], [5.0, 10.0]) == [2.0, 3.0]
    with pytest.raises(ValueError, match="shorter"):
        _ratios([1.0, 2.0], [1.0])
