"""Cameras found by a real probe over multicast on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from sources.errors import SourceError
from sources.live.onvif.discovery import (
    GROUP,
    Camera,
    cameras_in,
    discover,
    own_addresses,
)
from tests.support.servers.onvif_device import HERE, OnvifDevice

Start = Callable[..., OnvifDevice]
pytestmark = pytest.mark.slow


@pytest.fixture
def device() -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(closing(OnvifDevice(**how)))


def found(device: OnvifDevice, host: str = GROUP) -> list[Camera]:
    """Probes until somebody answers: on a busy machine a second may be too short."""
    for seconds in (0.5, 2, 8, 32):
        target = (host, device.port)
        if cameras := discover(seconds=seconds, addresses=[HERE], target=target):
            return cameras
    return []


@pytest.mark.parametrize("host", [GROUP, HERE])
def test_a_camera_is_found_once_with_name_model_and_address(
    device: Start, host: str
) -> None:
    there = device()

    [camera] = found(there, host)

    assert (camera.name, camera.hardware) == ("Front Gate", "CAM-42")
    assert camera.host == HERE
    assert camera.service == there.service
    assert "onvif://www.onvif.org/location/yard" in camera.scopes


def test_what_would_steer_a_terminal_is_left_out_of_names(device: Start) -> None:
    [camera] = found(device(scopes="onvif://www.onvif.org/name/a%1B%5B2Jb%0A"))

    assert camera.name == "a[2Jb"


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff\x00 no XML",
        b"<a><RelatesTo>uuid:other</RelatesTo><ProbeMatch/></a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a><RelatesTo>uuid:1</RelatesTo></a>',
        b"",
    ],
)
def test_an_answer_to_nobody_or_of_no_form_is_none(answer: bytes) -> None:
    assert cameras_in(answer, HERE, ["uuid:1"]) == []


def test_an_address_of_another_machine_is_one_clear_line() -> None:
    with pytest.raises(SourceError, match=r"198\.51\.100\.1: Cannot assign"):
        discover(seconds=0.1, addresses=["198.51.100.1"])


def test_the_addresses_of_this_machine_are_no_loopback() -> None:
    assert all(not address.startswith("127.") for address in own_addresses())
