"""Which places of a process belong to which stream."""

import sys
from pathlib import Path

import pytest

from sinks.errors import SinkError
from sinks.live.serving import ports as ports_module
from sinks.live.serving.place import ServePlace
from sinks.live.serving.ports import ServedPorts
from sources.address import address_of


def place(path: str, port: int = 8554) -> ServePlace:
    return ServePlace(address_of(f"serve://127.0.0.1:{port}/{path}"))


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> ServedPorts:
    """Ports that nothing listens on, where GStreamer seems to be."""
    python = Path(sys.executable)
    monkeypatch.setattr(ports_module, "check_gstreamer", lambda: python)
    monkeypatch.setattr(ports_module, "check_port", lambda _place: None)
    return ServedPorts()


def test_streams_of_one_port_share_it(ports: ServedPorts) -> None:
    one, first = ports.claim(place("gate"))
    other, second = ports.claim(place("yard"))
    third, elsewhere = ports.claim(place("gate", 8555))

    assert first is second
    assert elsewhere is not first
    assert len({one, other, third}) == 3


def test_a_place_that_another_stream_has_is_refused_until_it_is_free(
    ports: ServedPorts,
) -> None:
    number, _ = ports.claim(place("gate"))

    with pytest.raises(SinkError, match="both are to be /gate on port 8554"):
        ports.claim(place("gate"))

    ports.release(number)
    ports.release(number)
    ports.claim(place("gate"))


def test_with_its_last_stream_a_port_ends(ports: ServedPorts) -> None:
    one, port = ports.claim(place("gate"))
    other, _ = ports.claim(place("yard"))

    ports.release(one)
    while_one_is_left = port.child._closing.is_set()
    ports.release(other)

    assert not while_one_is_left
    assert port.child._closing.is_set()
    assert ports.claim(place("gate"))[1] is not port


def test_the_child_is_the_program_that_lies_in_this_package(
    ports: ServedPorts,
) -> None:
    _, port = ports.claim(place("gate"))

    python, isolated, script = port.child._command
    assert (python, isolated) == (sys.executable, "-I")
    assert Path(script).is_file()
