"""Where samples are counted, silence and jitter leave the times as they were."""

from itertools import pairwise

import pytest

from sinks.audio.sample_clock import SampleClock
from sources.audio import Audio

G711 = Audio(codec="pcm_alaw", rate=8000, layout="mono")


@pytest.mark.parametrize(
    ("pts", "written"),
    [
        (5400, [480]),  # on time
        (5400 + 90_000 * 2, [8000, 8000, 480]),  # two seconds were lost
        (7200, [480]),  # 20 ms late: jitter
        (1800, [160]),  # 40 ms of it were there before
    ],
)
def test_samples_that_are_counted_keep_their_times(
    pts: int, written: list[int]
) -> None:
    count = SampleClock(G711)
    [(first, _)] = count.fitted(bytes(480), 0)
    parts = list(count.fitted(bytes(480), pts))

    assert [len(part) for _, part in parts] == written
    times = [first, *(time for time, _ in parts)]
    assert all(earlier < later for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    ("codec", "silence"), [("pcm_alaw", 0xD5), ("pcm_mulaw", 0xFF)]
)
def test_what_is_lost_becomes_silence_of_the_codec(codec: str, silence: int) -> None:
    count = SampleClock(Audio(codec=codec, rate=8000, layout="mono"))

    [(start, filling), (time, data)] = count.fitted(b"ab", 9000)

    assert (start, set(filling), len(filling)) == (0, {silence}, 800)
    assert (time, data) == (9000, b"ab")


def test_a_packet_that_came_before_is_left_out_whole() -> None:
    count = SampleClock(G711)
    list(count.fitted(bytes(8000), 0))

    assert list(count.fitted(bytes(480), 0)) == []


def test_two_channels_are_counted_as_one_time() -> None:
    count = SampleClock(Audio(codec="pcm_alaw", rate=8000, layout="stereo"))

    [_] = count.fitted(bytes(1600), 0)

    assert list(count.fitted(bytes(1600), 9000)) == [(9000, bytes(1600))]
