from threading import Thread

import pytest

from streamer.pipeline.channel import Channel, Stopped


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
    sender.join(5)
    assert not sender.is_alive()


def test_a_error_overtakes_the_items_that_wait() -> None:
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
    sender.join(5)

    assert raised == [True]


def test_after_a_stop_nothing_more_comes_out() -> None:
    channel: Channel[int] = Channel(2)
    channel.put(1)

    channel.stop()

    assert list(channel) == []


def test_a_live_channel_loses_its_oldest_item_and_counts_it() -> None:
    channel: Channel[int] = Channel(2, drop_oldest=True)

    for item in range(5):
        channel.put(item)
    channel.end()

    assert list(channel) == [3, 4]
    assert channel.dropped == 3
