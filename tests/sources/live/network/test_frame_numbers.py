"""A picture that is missing is noticed; nothing else is."""

import pytest

from sources.live.network.frame_numbers import FrameNumbers
from tests.support.media.raw_packets import raw_packets


def encoded(options: dict[str, str], pictures: int = 40) -> list[bytes]:
    return raw_packets("libx264", options, pictures)


LIVE = {"tune": "zerolatency", "g": "30", "sc_threshold": "0"}
KINDS = [
    LIVE,
    {**LIVE, "profile": "baseline"},
    {**LIVE, "slices": "4"},
    {"g": "12", "bf": "2", "x264-params": "b-pyramid=normal"},
    {**LIVE, "x264-params": "interlaced=1"},
]


@pytest.mark.parametrize("options", KINDS)
def test_a_whole_stream_lacks_nothing(options: dict[str, str]) -> None:
    packets = encoded(options)
    numbers = FrameNumbers()

    assert not any(numbers.lost(packet) for packet in packets)


@pytest.mark.parametrize("options", KINDS[:3])
@pytest.mark.parametrize("missing", [1, 2])
def test_the_picture_after_the_missing_ones_tells(
    options: dict[str, str], missing: int
) -> None:
    packets = encoded(options)
    numbers = FrameNumbers()
    came = packets[:10] + packets[10 + missing :]

    found = [index for index, packet in enumerate(came) if numbers.lost(packet)]

    assert found == [10]


def test_what_is_lost_before_a_key_frame_harms_nobody() -> None:
    packets = encoded(LIVE)
    numbers = FrameNumbers()

    found = [numbers.lost(packet) for packet in packets[:25] + packets[30:]]

    assert not any(found)


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\1", b"\0\0\1\x67", b"\0\0\1\x41\x9a", b"x"]
)
def test_what_is_no_whole_unit_is_not_judged(data: bytes) -> None:
    numbers = FrameNumbers(data)

    assert not numbers.lost(data)
