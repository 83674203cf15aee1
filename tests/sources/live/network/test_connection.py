"""A connection to clips that a real server gives."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from sources.address import address_of
from sources.connect import ConnectOptions
from sources.live.network.connection import NetworkStream
from sources.live.network.frame_numbers import FrameNumbers
from sources.live.network.reference_pictures import ReferencePictures
from tests.conftest import MakeClip
from tests.support.servers.served_clips import served


@pytest.fixture
def http(tmp_path: Path) -> Iterator[str]:
    with served(tmp_path) as address:
        yield address


def connected(http: str, clip: Path) -> closing[NetworkStream]:
    patient = ConnectOptions(open_seconds=60, stall_seconds=60)  # of a busy machine
    return closing(NetworkStream(address_of(f"{http}/{clip.name}"), patient))


def test_every_picture_of_a_stream_comes(http: str, make_clip: MakeClip) -> None:
    clip = make_clip("in.ts", frames=5, rate=100)

    with connected(http, clip) as stream:
        pictures = list(stream.pictures())

    assert len([picture for picture in pictures if picture is not None]) == 5


def test_what_the_server_says_of_the_stream_is_known(
    http: str, make_clip: MakeClip
) -> None:
    clip = make_clip(
        "in.mkv", frames=2, matrix=1, full_range=1, pixel_aspect=Fraction(4, 3)
    )

    with connected(http, clip) as stream:
        info = stream.info

    assert (info.width, info.height, info.decoder) == (64, 48, "h264")
    assert (info.colour.matrix, info.colour.full_range) == (1, 1)
    assert (info.frame_rate, info.pixel_aspect) == (Fraction(25), Fraction(4, 3))
    assert info.live


def test_audio_is_handed_on_with_its_time_bare_of_its_container(
    http: str, make_clip: MakeClip
) -> None:
    clip = make_clip("in.ts", frames=5, rate=100, audio=True)
    heard: list[tuple[bytes, int]] = []

    with connected(http, clip) as stream:
        assert str(stream.audio) == "aac 48000 Hz stereo"
        stream.on_audio = lambda data, pts: heard.append((data, pts))
        list(stream.pictures())

    times = [pts for _, pts in heard]
    assert [b - a for a, b in itertools.pairwise(times)] == [1920 for _ in times[1:]]
    assert not any(data.startswith(b"\xff\xf1") for data, _ in heard)  # no ADTS


def test_a_read_may_take_as_long_as_no_picture_may_come(
    http: str, make_clip: MakeClip
) -> None:
    with connected(http, make_clip("in.ts", frames=5)) as stream:
        assert stream._container.read_timeout == 60


def test_a_stream_without_audio_has_none(http: str, make_clip: MakeClip) -> None:
    with connected(http, make_clip("in.ts", frames=10)) as stream:
        assert stream.audio is None


def test_a_rate_that_a_bare_stream_made_up_is_not_believed(
    http: str, make_clip: MakeClip
) -> None:
    with connected(http, make_clip("in.h264", frames=4)) as stream:
        assert stream.info.frame_rate is None
        pictures = list(stream.pictures())

    assert all(picture is None or picture.pts is None for picture in pictures)


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        ("libx264", FrameNumbers),
        ("libx265", ReferencePictures),
        ("mpeg2video", type(None)),
    ],
)
def test_lost_pictures_are_noticed_by_the_numbers_that_a_codec_has(
    http: str, make_clip: MakeClip, codec: str, kind: type
) -> None:
    clip = make_clip("in.ts", frames=10, codec=codec, time_base=Fraction(1, 25))

    with connected(http, clip) as stream:
        assert type(stream._numbers) is kind
