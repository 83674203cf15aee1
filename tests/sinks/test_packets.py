"""Packets in queues and pipes: never a wait, never half a picture."""

import io

from sinks.packets import Encoded, PacketQueue, from_wire


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


def test_a_packet_comes_out_of_the_pipe_as_it_went_in() -> None:
    sent = [packet(-5 + 10, key=True), Encoded(b"", 2**40, False)]
    pipe = io.BytesIO(b"".join(each.to_wire() for each in sent))

    assert [from_wire(pipe), from_wire(pipe), from_wire(pipe)] == [*sent, None]


def test_half_a_packet_is_none() -> None:
    assert from_wire(io.BytesIO(packet(20).to_wire()[:-1])) is None
