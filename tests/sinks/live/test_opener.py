"""From an address to a live sink; nothing is started by opening."""

import logging
from pathlib import Path

import pytest

from sinks.encoding.options import EncodeOptions
from sinks.errors import SinkError
from sinks.live.opener import is_live_sink, open_live_sink, output_for
from sinks.live.threaded_output import ThreadedOutput
from sinks.live.worker.push_output import PushOutput
from sources.connect import ConnectOptions


@pytest.mark.parametrize(
    ("uri", "live"),
    [
        ("rtsp://server/x", True),
        ("RTMPS://server/x", True),
        ("serve://:8554/x", True),
        ("out/index.m3u8", True),
        ("out.mp4", False),
        ("http://server/x", False),
        ("rtsp:x", False),
        ("null:", False),
    ],
)
def test_a_live_sink_is_known_by_its_address(uri: str, live: bool) -> None:
    assert is_live_sink(uri) is live


def pushed(uri: str, **connect: object) -> PushOutput:
    output = output_for(uri, ConnectOptions(**connect))  # type: ignore[arg-type] # a test names them
    assert isinstance(output, PushOutput)
    return output


@pytest.mark.parametrize(
    ("uri", "container"),
    [("rtsp://server/x", "rtsp"), ("rtmp://server/app/key", "flv")],
)
def test_a_protocol_has_its_container(uri: str, container: str) -> None:
    assert pushed(uri)._settings["format"] == container


@pytest.mark.parametrize(
    ("transport", "tried"), [("auto", ["tcp", "udp"]), ("udp", ["udp"])]
)
def test_auto_tries_both_transports(transport: str, tried: list[str]) -> None:
    output = pushed("rtsp://server/x", transport=transport)

    assert output._settings["transports"] == tried


def test_the_password_is_told_to_the_child_and_shown_nowhere() -> None:
    output = pushed("rtsp://me:secret@server/x")

    assert "secret" in str(output._settings["address"])
    assert "secret" not in output.name
    assert not any("secret" in word for word in output.child._command)


def test_only_a_secure_server_is_verified(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "derain.sink"):
        plain = pushed("rtsp://server/x", insecure=True)
        secure = pushed("rtsps://me:secret@server/x", insecure=True)

    assert plain._settings["tls"] == {}
    assert secure._settings["tls"] == {"tls_verify": "0"}
    [line] = caplog.messages
    assert "is not verified: --insecure" in line
    assert "secret" not in line


def test_hls_goes_through_a_thread_that_may_wait_for_the_disk(tmp_path: Path) -> None:
    output = output_for(f"{tmp_path}/index.m3u8")

    assert isinstance(output, ThreadedOutput)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("uri", "options", "said"),
    [
        ("rtsp://", {}, "rtsp://"),
        ("rtsp://h/x", {"quality": 80}, "quality of h264 is 0 to 51, got 80"),
        ("rtsp://h/x", {"preset": "fastish"}, "preset of h264 is"),
        ("serve://:8554", {}, "serve:// wants serve://HOST:PORT/PATH"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    uri: str, options: dict[str, object], said: str
) -> None:
    with pytest.raises(SinkError, match=said) as caught:
        open_live_sink(uri, encode=EncodeOptions(**options))  # type: ignore[arg-type] # named above

    assert "\n" not in str(caught.value)


def test_certificates_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"missing\.pem: there is no such file"):
        pushed("rtsps://server/x", ca_file=str(tmp_path / "missing.pem"))


def test_for_a_recording_alone_there_is_no_other_output() -> None:
    assert list(open_live_sink("null:").outputs) == []
