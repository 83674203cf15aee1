"""What one camera tells of its streams, asked over real HTTP on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from sources.live.onvif.device import WANTS_LOGIN, _number, streams_of
from sources.live.onvif.discovery import Camera
from tests.support.servers.onvif_device import HERE, OnvifDevice

LIMIT = 60  # of one HTTP answer: tells a hang from a slow machine
Start = Callable[..., OnvifDevice]


@pytest.fixture
def device() -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(closing(OnvifDevice(**how)))


def seen(device: OnvifDevice) -> Camera:
    """The camera as a probe would find it."""
    return Camera(endpoint="", host=HERE, services=(device.service,), scopes=())


def test_a_camera_tells_its_streams_without_a_login(device: Start) -> None:
    camera = seen(device())

    told = streams_of(camera, seconds=LIMIT)

    assert not told.problem
    main, second = told.streams
    assert main.address == "rtsp://127.0.0.1:554/pand0"
    assert (main.profile, main.width, main.height) == ("main", 1920, 1080)
    assert main.encoding == "H264"
    assert (second.profile, second.width) == ("p1", 0)


def test_a_camera_that_wants_a_login_is_listed_without_streams(device: Start) -> None:
    there = device(locked=True)
    camera = seen(there)

    told = streams_of(camera, seconds=LIMIT)

    assert not told.streams
    assert told.problem == WANTS_LOGIN
    assert there.asked == ["GetCapabilities", "GetProfiles"]


@pytest.mark.parametrize("media", ["http://10.9.9.9/media", "http://[", "//["])
def test_no_other_host_is_asked_than_the_one_that_answered(
    device: Start, media: str
) -> None:
    camera = seen(device(media=media))

    assert streams_of(camera, seconds=LIMIT).problem == (
        "names no media service of its own"
    )


def test_a_camera_without_an_address_of_its_own_is_not_asked() -> None:
    camera = Camera(
        endpoint="", host=HERE, services=("http://10.9.9.9/x", "//["), scopes=()
    )

    assert "at no http:// address" in streams_of(camera, seconds=LIMIT).problem


@pytest.mark.parametrize(
    ("text", "number"),
    [("1920", 1920), ("", 0), ("-1", 0), ("\u0663", 0), ("9" * 7, 0)],
)
def test_a_size_that_is_no_number_is_not_known(text: str, number: int) -> None:
    assert _number(text) == number
