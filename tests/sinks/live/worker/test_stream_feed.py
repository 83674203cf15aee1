"""What becomes of the packets of one stream is counted."""

from sinks.live.worker.stream_feed import StreamFeed
from sinks.packets import Encoded


def packet(pts: int = 0, *, key: bool = False) -> Encoded:
    return Encoded(b"12345", pts, key)


def test_packets_that_the_child_has_sent_on_have_arrived() -> None:
    feed = StreamFeed()
    for pts in range(3):
        feed.put(packet(pts, key=pts == 0))
    for _ in range(2):
        assert feed.get(0) is not None
        feed.answered()

    assert (feed.sent, feed.arrived) == (3, 2)
    assert (feed.bytes_sent, feed.key_frames) == (10, 1)
    assert not feed.all_arrived

    assert feed.get(0) is not None
    feed.answered()

    assert feed.all_arrived


def test_a_stream_begins_with_a_key_frame_and_what_is_dropped_is_done_with() -> None:
    feed = StreamFeed()

    feed.put(packet(0))
    feed.put(packet(1, key=True))
    got = feed.get(0)
    feed.answered()

    assert got is not None
    assert got.pts == 1
    assert feed.dropped == 1
    assert feed.all_arrived


def test_a_key_frame_is_asked_for_once() -> None:
    feed = StreamFeed()
    before = feed.key_wanted()

    feed.want_key()

    assert [before, feed.key_wanted(), feed.key_wanted()] == [False, True, False]


def test_a_new_child_begins_anew_with_a_key_frame() -> None:
    feed = StreamFeed()
    for pts in range(3):
        feed.put(packet(pts, key=pts == 0))
    feed.get(0)

    feed.restart()
    feed.answered()  # of the old child: its packet is not known any more

    assert feed.key_wanted()
    assert feed.get(0) is None
    assert feed.bytes_sent == 0
    feed.put(packet(3))
    assert feed.get(0) is None


def test_who_feeds_is_told_of_each_packet() -> None:
    told = []
    feed = StreamFeed(lambda: told.append(1))

    feed.put(packet(0, key=True))
    feed.put(packet(1))

    assert len(told) == 2


def test_what_was_before_a_server_took_the_stream_does_not_count() -> None:
    first = packet(4, key=True)
    feed = StreamFeed()
    for pts in range(4):
        feed.put(packet(pts))  # dropped: no key frame yet
    feed.put(first)
    feed.get(0)
    feed.answered()

    feed.count_from_here(first)

    assert (feed.sent, feed.arrived) == (1, 1)
    assert feed.all_arrived


def test_a_first_packet_that_was_sent_twice_arrives_once() -> None:
    first = packet(0, key=True)
    feed = StreamFeed()
    for _ in range(3):
        feed.put(first)
    for _ in range(2):
        feed.get(0)
        feed.answered()

    feed.count_from_here(first)
    feed.get(0)
    feed.answered()  # was on its way
    feed.put(packet(1))

    assert (feed.sent, feed.arrived) == (2, 1)
    assert not feed.all_arrived

    feed.get(0)
    feed.answered()

    assert (feed.sent, feed.arrived) == (2, 2)
