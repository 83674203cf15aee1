"""Streams that share a network do not disturb one another."""

from collections.abc import Callable, Iterator, Sequence
from threading import Event, Thread

import numpy as np
import pytest

from sources.frame import RgbArray
from streamer.errors import StreamerError
from streamer.network.protocol import Network
from streamer.network.shared import Sharing
from tests.support.fakes import FakePending, HandClock, InBatches, PassThrough
from tests.support.patience import PATIENCE_SECONDS

Share = Callable[[Network], Sharing]


@pytest.fixture
def share() -> Iterator[Share]:
    shared = []

    def begin(network: Network) -> Sharing:
        shared.append(Sharing(network, HandClock()))  # a batch waits for all streams
        return shared[-1]

    yield begin
    for sharing in shared:
        sharing.close()


def picture(level: int) -> RgbArray:
    return np.full((8, 8, 3), level, np.uint8)


def test_each_stream_gets_its_own_result(share: Share) -> None:
    sharing = share(PassThrough(slots=2, seconds=0.01))
    parts = [sharing.part() for _ in range(3)]
    outs = [picture(0) for _ in range(12)]

    waiting = [
        parts[index % 3].start(picture(index), out) for index, out in enumerate(outs)
    ]
    for pending in waiting:
        pending.wait()

    assert [int(out[0, 0, 0]) for out in outs] == list(range(12))


def test_results_that_nobody_fetches_hold_up_nobody(share: Share) -> None:
    sharing = share(PassThrough(slots=2))
    lazy, busy = sharing.part(), sharing.part()
    for _ in range(2):
        lazy.start(picture(1), picture(0))

    for _ in range(20):
        busy.start(picture(2), picture(0)).wait()


class Breaking(PassThrough):
    """Fails on pictures of level 13."""

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        def fail() -> None:
            raise RuntimeError("13")

        return (
            FakePending(fail) if picture[0, 0, 0] == 13 else super().start(picture, out)
        )


def test_a_error_reaches_only_its_own_stream(share: Share) -> None:
    sharing = share(Breaking(slots=1))
    one, other = sharing.part(), sharing.part()

    for _ in range(5):
        with pytest.raises(RuntimeError, match="13"):
            one.start(picture(13), picture(0)).wait()
        other.start(picture(2), picture(0)).wait()


def test_never_more_pictures_at_once_than_the_network_takes(share: Share) -> None:
    going = Event()
    running: list[int] = []
    most: list[int] = []

    class Counting(PassThrough):
        def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
            running.append(1)
            most.append(len(running))

            def work() -> None:
                going.wait(0.01)
                running.pop()

            return FakePending(work)

    sharing = share(Counting(slots=2))
    parts = [sharing.part() for _ in range(4)]
    waiting = [parts[i % 4].start(picture(0), picture(0)) for i in range(16)]
    for pending in waiting:
        pending.wait()

    assert max(most) <= 2


def together(sharing: Sharing, levels: Sequence[int]) -> list[RgbArray | Exception]:
    """Sends one picture of each level, each by a stream of its own that then ends."""
    results: dict[int, RgbArray | Exception] = {}

    def send(index: int, level: int) -> None:
        out = picture(0)
        try:
            parts[index].start(picture(level), out).wait()
            results[index] = out
        except RuntimeError as error:
            results[index] = error

    parts = [sharing.part() for _ in levels]
    threads = [Thread(target=send, args=each) for each in enumerate(levels)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    for part in parts:
        part.close()
    return [results[index] for index in range(len(levels))]


def level_of(result: RgbArray | Exception) -> int:
    assert isinstance(result, np.ndarray)
    return int(result[0, 0, 0])


def test_streams_of_one_size_share_a_batch_and_get_their_own_results(
    share: Share,
) -> None:
    network = InBatches()

    results = together(share(network), [1, 2, 3, 4])

    assert [level_of(result) for result in results] == [1, 2, 3, 4]
    assert [sorted(group) for group in network.groups] == [[1, 2, 3, 4]]


def test_a_error_in_a_batch_reaches_only_the_stream_it_belongs_to(
    share: Share,
) -> None:
    network = InBatches()
    sharing = share(network)

    good, bad, fine, well = together(sharing, [1, 13, 3, 4])

    assert [level_of(result) for result in (good, fine, well)] == [1, 3, 4]
    assert isinstance(bad, RuntimeError)
    assert str(bad) == "13"
    together(sharing, [5, 6])
    assert len(network.groups) == 2


def test_a_network_that_cannot_do_batches_after_all_gets_no_more(
    share: Share,
) -> None:
    network = InBatches(most=2)
    sharing = share(network)

    for _ in range(2):
        results = together(sharing, [1, 2, 3, 4])
        assert [level_of(result) for result in results] == [1, 2, 3, 4]

    assert len(network.groups) == 1


def test_what_waits_when_the_network_is_closed_fails(share: Share) -> None:
    begun, going = Event(), Event()

    def hold() -> None:
        begun.set()
        going.wait(PATIENCE_SECONDS)

    sharing = share(PassThrough(slots=1, on_start=hold))
    one, other = sharing.part(), sharing.part()
    under_way = one.start(picture(1), picture(0))
    begun.wait(PATIENCE_SECONDS)
    waiting = other.start(picture(2), picture(0))

    closer = Thread(target=sharing.close)
    closer.start()
    with pytest.raises(StreamerError, match="was closed"):
        waiting.wait()
    going.set()
    under_way.wait()
    closer.join(PATIENCE_SECONDS)

    assert not closer.is_alive()
    with pytest.raises(StreamerError, match="was closed"):
        one.start(picture(3), picture(0))


def test_the_first_picture_of_a_size_holds_up_nobody(share: Share) -> None:
    compiled = Event()

    class Compiling(PassThrough):
        def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
            if len(picture) == 16:
                return FakePending(lambda: [compiled.wait(PATIENCE_SECONDS)].clear())
            return super().start(picture, out)

    sharing = share(Compiling(slots=1))
    old, new = sharing.part(), sharing.part()
    large = np.zeros((16, 16, 3), np.uint8)
    compiling = new.start(large, large)

    for _ in range(20):
        old.start(picture(2), picture(0)).wait()

    compiled.set()
    compiling.wait()
    new.start(large, large).wait()
