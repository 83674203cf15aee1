"""Key frames of a live stream: on demand, and at least every two seconds."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import av
import pytest

from sinks.encoding.low_latency import LiveEncoder
from sinks.errors import SinkError
from sinks.live.sink import LiveSink
from sinks.packets import TIME_BASE, Encoded
from sources.frame import Colour, Frame, StreamInfo

INFO = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=TIME_BASE,
    colour=Colour(),
    frame_rate=Fraction(15),
    live=True,
)


def frames(seconds: list[float]) -> Iterator[Frame]:
    for index, at in enumerate(seconds):
        yield Frame(
            picture=av.VideoFrame(64, 48, "yuv420p"),
            index=index,
            pts=round(at / TIME_BASE),
            time_base=TIME_BASE,
            colour=Colour(),
        )


def keys(packets: list[Encoded]) -> list[float]:
    return [float(packet.pts * TIME_BASE) for packet in packets if packet.key]


@pytest.mark.parametrize("rate", [0.4, 2, 15, 60])
def test_key_frames_come_every_two_seconds_however_few_pictures_there_are(
    rate: float,
) -> None:
    encoder = LiveEncoder(INFO)  # which believes in 15 pictures a second
    at = [index / rate for index in range(round(12 * rate))]

    packets = [one for frame in frames(at) for one in encoder.encode(frame, key=False)]

    found = keys(packets)
    assert found[0] == 0
    steps = [b - a for a, b in pairwise(found)]
    assert steps == pytest.approx([max(2, 1 / rate)] * len(steps), abs=0.02)
    assert len(found) >= 12 * min(rate, 0.5) - 1


def test_times_that_jitter_put_no_key_frame_off() -> None:
    encoder = LiveEncoder(INFO)
    at = [0.5 * index - 0.01 * (index % 2 == 0) * (index > 0) for index in range(24)]

    packets = [one for frame in frames(at) for one in encoder.encode(frame, key=False)]

    assert keys(packets) == pytest.approx([0, 1.99, 3.99, 5.99, 7.99, 9.99])


def test_a_key_frame_comes_when_it_is_asked_for_and_holds_its_parameters() -> None:
    encoder = LiveEncoder(INFO)
    packets: list[Encoded] = []

    for frame in frames([index / 10 for index in range(28)]):
        packets += encoder.encode(frame, key=frame.index == 7)

    assert keys(packets) == pytest.approx([0, 0.7, 2.7])
    assert len(packets) == 28
    kinds = [packets[7].data[at + 4] & 31 for at in _starts(packets[7].data)]
    assert kinds[:2] == [7, 8]


def test_an_encoder_that_cannot_open_says_so_before_the_first_picture() -> None:
    with pytest.raises(SinkError, match="libx264: "):
        LiveSink([]).begin(replace(INFO, width=1))


def _starts(data: bytes) -> list[int]:
    return [at for at in range(len(data)) if data[at : at + 4] == b"\0\0\0\1"]
