"""Audio waits for the picture of its time, and not for ever."""

from sinks.audio.queue import AudioQueue
from sources.audio import AudioPacket


def test_audio_leaves_the_queue_with_the_picture_of_its_time() -> None:
    queue = AudioQueue()
    packets = [AudioPacket(b"", pts) for pts in (0, 1800, 3600)]
    for packet in packets:
        queue.put(packet)

    assert queue.before(3600) == packets[:2]
    assert queue.before(3600) == []
    assert queue.before(float("inf")) == packets[2:]


def test_one_packet_of_audio_goes_ahead_of_each_picture() -> None:
    queue = AudioQueue()
    packets = [AudioPacket(b"", pts) for pts in (0, 1800, 3600, 5400)]
    for packet in packets:
        queue.put(packet)

    assert queue.before(1800) == packets[:1]
    assert queue.lead(1800) == packets[1:2]
    assert queue.lead(1800) == []
    assert queue.lead(3600) == packets[2:3]


def test_audio_waits_for_pictures_only_so_long() -> None:
    queue = AudioQueue()
    for pts in range(5000):
        queue.put(AudioPacket(b"", pts))

    assert queue.before(float("inf"))[0].pts == 4000


def test_a_packet_that_is_not_there_yet_goes_ahead_of_nothing() -> None:
    queue = AudioQueue()

    assert queue.lead(0) == []
    assert queue.before(90_000) == []


def test_after_a_stop_audio_is_lost() -> None:
    queue = AudioQueue()
    queue.put(AudioPacket(b"", 0))

    queue.stop()
    queue.put(AudioPacket(b"", 1))

    assert queue.before(10) == []
    assert queue.lead(0) == []
