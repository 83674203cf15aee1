from collections import deque
from collections.abc import Iterator
from threading import Thread

import pytest

from sources.channel import Channel, Stopped
from tests.support.patience import PATIENCE_SECONDS


def test_items_come_out_in_order_and_then_the_end() -> None:
    channel: Channel[int] = Channel(3)

    for item in (1, 2, 3):
        channel.put(item)
    channel.end()

    assert list(channel) == [1, 2, 3]


def test_a_full_channel_makes_the_sender_wait_for_the_receiver() -> None:
    channel: Channel[int] = Channel(1)

    def send() -> None:
        for number in range(50):
            channel.put(number)
        channel.end()

    sender = Thread(target=send)

    sender.start()

    assert list(channel) == list(range(50))
    sender.join(PATIENCE_SECONDS)
    assert not sender.is_alive()


def test_an_error_overtakes_the_items_that_wait() -> None:
    channel: Channel[int] = Channel(2)

    channel.put(1)
    channel.fail(OSError("camera unplugged"))

    with pytest.raises(OSError, match="camera unplugged"):
        next(iter(channel))


def test_a_stop_frees_a_sender_that_waits() -> None:
    channel: Channel[int] = Channel(1)
    channel.put(1)
    raised: list[bool] = []

    def send() -> None:
        try:
            channel.put(2)
        except Stopped:
            raised.append(True)

    sender = Thread(target=send)
    sender.start()
    channel.stop()
    sender.join(PATIENCE_SECONDS)

    assert raised == [True]


def test_after_a_stop_nothing_more_comes_out() -> None:
    channel: Channel[int] = Channel(2)
    channel.put(1)

    channel.stop()

    assert list(channel) == []


def test_a_channel_that_may_drop_keeps_the_newest_item_and_counts_the_loss() -> None:
    lost: list[int] = []
    newest: Channel[int] = Channel(
        1, on_full=lambda items: lost.append(items.popleft())
    )

    for number in range(5):
        newest.put(number)

    assert newest.get(0) == 4
    assert lost == [0, 1, 2, 3]


def test_a_receiver_may_wait_for_a_while_only() -> None:
    channel: Channel[int] = Channel(1)

    with pytest.raises(TimeoutError):
        channel.get(0)


def test_an_end_comes_after_the_last_item_and_an_error_before_it() -> None:
    channel: Channel[int] = Channel(1)
    channel.put(1)
    channel.end()

    assert channel.get(0) == 1
    with pytest.raises(Stopped):
        channel.get(0)
    channel.fail(OSError("gone"))
    with pytest.raises(OSError, match="gone"):
        channel.get(0)


def test_a_receiver_that_stops_ends_a_sender_that_may_drop() -> None:
    newest: Channel[int] = Channel(1, on_full=deque.clear)
    newest.stop()

    with pytest.raises(Stopped):
        newest.put(1)


def test_a_feed_hands_on_items_and_their_end() -> None:
    channel: Channel[int] = Channel(3)

    channel.feed(iter([1, 2, 3]))

    assert list(channel) == [1, 2, 3]


def test_an_error_among_the_items_is_told_on_both_sides() -> None:
    channel: Channel[int] = Channel(3)

    def items() -> Iterator[int]:
        yield 1
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        channel.feed(items())
    with pytest.raises(OSError, match="unplugged"):
        channel.get()


def test_a_feed_whose_items_are_stopped_has_ended() -> None:
    channel: Channel[int] = Channel(3)

    def items() -> Iterator[int]:
        yield 1
        raise Stopped

    channel.feed(items())

    assert list(channel) == [1]


def test_items_are_taken_up_to_the_first_that_is_not_wanted() -> None:
    channel: Channel[int] = Channel(5)
    for number in (1, 2, 5, 3):
        channel.put(number)

    assert channel.take_while(lambda number: number < 4) == [1, 2]
    assert channel.take_while(lambda number: number < 4) == []
    assert len(channel) == 2


def test_a_block_that_feeds_ends_with_the_end_or_with_its_error() -> None:
    ended: Channel[int] = Channel(2)
    with ended.feeding():
        ended.put(1)
    assert list(ended) == [1]

    failed: Channel[int] = Channel(2)
    with pytest.raises(OSError, match="gone"), failed.feeding():
        raise OSError("gone")
    with pytest.raises(OSError, match="gone"):
        failed.get(0)

    stopped: Channel[int] = Channel(2)
    stopped.stop()
    with stopped.feeding():
        stopped.put(1)
    assert list(stopped) == []
