"""A picture of H.265 that others are built on is missed; no other is."""

import pytest

from sources.live.network.reference_pictures import ReferencePictures
from tests.support.media.raw_packets import raw_packets

PICTURES = 45
LIVE = "bframes=0:keyint=20"
REORDERED = "bframes=3:b-pyramid=1:keyint=20:open-gop=1"
KINDS = [LIVE, "bframes=0:keyint=300:ref=5", REORDERED]


def encoded(parameters: str) -> list[bytes]:
    quiet = "repeat-headers=1:log-level=error:pools=none:frame-threads=1"
    options = {
        "preset": "ultrafast",
        "x265-params": f"{parameters}:min-keyint=20:scenecut=0:{quiet}",
    }
    return raw_packets("libx265", options, PICTURES)


def found_lost(packets: list[bytes]) -> list[int]:
    pictures = ReferencePictures()
    return [index for index, packet in enumerate(packets) if pictures.lost(packet)]


@pytest.mark.parametrize("parameters", KINDS)
def test_a_whole_stream_lacks_nothing(parameters: str) -> None:
    assert found_lost(encoded(parameters)) == []


@pytest.mark.parametrize("parameters", KINDS[:2])
@pytest.mark.parametrize("missing", [1, 2])
def test_the_picture_after_the_missing_ones_tells(
    parameters: str, missing: int
) -> None:
    packets = encoded(parameters)

    found = found_lost(packets[:10] + packets[10 + missing :])

    assert found[0] == 10


def test_of_reordered_pictures_those_are_missed_that_others_are_built_on() -> None:
    packets = encoded(REORDERED)
    gaps = [found_lost(packets[:at] + packets[at + 1 :]) for at in range(3, 15)]

    assert any(gaps)
    assert not all(gaps)


def test_a_missing_key_frame_tells() -> None:
    packets = encoded(LIVE)

    found = found_lost(packets[:20] + packets[21:])

    assert found[0] == 20


def test_what_is_lost_before_a_key_frame_harms_nobody() -> None:
    packets = encoded(LIVE)

    assert found_lost(packets[:19] + packets[20:]) == []


@pytest.mark.parametrize("length", [2, 5, 9, 14, 30])
def test_a_head_that_was_cut_off_is_no_error(length: int) -> None:
    packets = encoded(LIVE)

    assert found_lost([packet[:length] for packet in packets]) == []
