"""Packets in queues: never a wait, never a picture without its key frame."""

from threading import Thread

from sinks.packet_queue import PacketQueue
from sinks.packets import Encoded
from tests.support.patience import PATIENCE_SECONDS


def packet(pts: int, *, key: bool = False) -> Encoded:
    return Encoded(b"x" * (pts + 1), pts, key)


def filled(queue: PacketQueue, *packets: Encoded) -> list[int]:
    for each in packets:
        queue.put(each)
    got = []
    while (each_got := queue.get(0)) is not None:
        got.append(each_got.pts)
    return got


def test_a_receiver_begins_with_a_key_frame() -> None:
    queue = PacketQueue(10, lambda: None)

    assert filled(queue, packet(0), packet(1, key=True), packet(2)) == [1, 2]
    assert queue.dropped == 1


def test_a_full_queue_loses_all_up_to_a_key_frame_and_asks_for_one() -> None:
    asked: list[None] = []
    queue = PacketQueue(3, lambda: asked.append(None))
    queue.put(packet(0, key=True))
    for pts in range(1, 6):
        queue.put(packet(pts))

    assert len(asked) == 1
    assert filled(queue, packet(6), packet(7, key=True), packet(8)) == [7, 8]
    assert queue.dropped == 7


def test_a_new_receiver_gets_nothing_of_the_old_ones() -> None:
    queue = PacketQueue(10, lambda: None)
    queue.put(packet(0, key=True))

    queue.restart()

    assert filled(queue, packet(1), packet(2, key=True)) == [2]


def test_who_waits_for_a_packet_is_freed_by_a_stop_and_nothing_comes_any_more() -> None:
    queue = PacketQueue(10, lambda: None)
    got: list[Encoded | None] = []
    waiting = Thread(target=lambda: got.append(queue.get(PATIENCE_SECONDS)))
    waiting.start()

    queue.stop()
    waiting.join(PATIENCE_SECONDS)

    assert not waiting.is_alive()
    assert filled(queue, packet(0, key=True)) == []
    assert got == [None]
