"""Which streams can be served together."""

import pytest

from sinks.errors import SinkError
from sinks.live.serving.place import ServePlace
from sources.address import address_of


def place(text: str) -> ServePlace:
    return ServePlace(address_of(text))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("serve://:8554/gate", "serve://:8554/yard", ""),
        ("serve://:8554/gate", "serve://:8555/gate", ""),
        ("serve://10.0.0.1:8554/gate", "serve://10.0.0.2:8554/gate", ""),
        ("serve://a:x@:8554/gate", "serve://b:y@:8554/yard", ""),
        ("serve://:8554/gate", "serve://:8554/gate/", "both are to be /gate on port"),
        ("serve://:8554/gate", "serve://127.0.0.1:8554/yard", "both to have port 8554"),
        ("serve://:8554/gate", "serve://a:x@:8554/yard", "ask for a login or none"),
        ("serve://a:x@:8554/gate", "serve://a:y@:8554/yard", "'a' has two passwords"),
    ],
)
def test_streams_of_one_port_differ_in_path_and_agree_in_the_rest(
    one: str, other: str, why: str
) -> None:
    found = place(one).conflict_with(place(other))

    assert why in found
    assert bool(why) == bool(found)
    assert bool(place(other).conflict_with(place(one))) == bool(why)


@pytest.mark.parametrize(
    "text",
    ["serve://h/gate", "serve://:8554/", "serve://:8554", "serve://:855\u00b2/gate"],
)
def test_a_place_has_a_port_and_a_path(text: str) -> None:
    with pytest.raises(SinkError, match="serve:// wants serve://HOST:PORT/PATH"):
        place(text)


def test_a_viewer_on_this_machine_finds_what_is_on_all_addresses() -> None:
    assert str(place("serve://:8554/gate").near()) == "rtsp://127.0.0.1:8554/gate"
    assert str(place("serve://[::]:8554/x").near()) == "rtsp://[::1]:8554/x"
