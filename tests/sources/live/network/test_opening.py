"""A stream that opens, and why another does not."""

import socket
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sources.address import address_of
from sources.connect import ConnectOptions
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.network.opening import Opening
from sources.live.reconnect import Patience
from tests.conftest import MakeClip
from tests.support.servers.refusing_server import refusing_server
from tests.support.servers.served_clips import served

STALL_SECONDS = 60.0


@pytest.fixture
def http(tmp_path: Path) -> Iterator[str]:
    with served(tmp_path) as address:
        yield address


def opening(uri: str, patience: Patience | None = None, **options: Any) -> Opening:
    connect = ConnectOptions(**{"open_seconds": 60, **options})
    return Opening(address_of(uri), connect, patience or Patience())


def cause_of(uri: str) -> Cause:
    with pytest.raises(DisconnectedError) as caught:
        opening(uri)(STALL_SECONDS, None)
    return caught.value.cause


def test_the_best_video_of_a_stream_is_opened(http: str, make_clip: MakeClip) -> None:
    make_clip("in.ts", frames=5)

    container, stream = opening(f"{http}/in.ts")(STALL_SECONDS, None)

    with container:
        assert (stream.codec_context.name, stream.codec_context.width) == ("h264", 64)


def test_a_path_that_is_not_there_is_not_found(http: str) -> None:
    assert cause_of(f"{http}/missing.ts") is Cause.NOT_FOUND


def test_a_port_where_nobody_listens_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert cause_of(f"rtsp://127.0.0.1:{port}/x") is Cause.REFUSED


def test_audio_alone_is_no_stream(http: str, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "in.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16_000))

    assert cause_of(f"{http}/in.wav") is Cause.CODEC


def test_a_login_that_ffmpeg_cannot_speak_is_named() -> None:
    offer = 'WWW-Authenticate: Digest realm="x", nonce="1", algorithm=SHA-256'
    with refusing_server("401 Unauthorized", offer) as url:
        assert cause_of(url) is Cause.LOGIN


@pytest.mark.parametrize(
    ("uri", "options", "microseconds"),
    [
        ("rtsp://camera/x", {}, "200000"),
        ("rtmp://camera/x", {}, "1000000"),
        ("rtsp://camera/x", {"probe_ms": 50}, "50000"),
    ],
)
def test_how_much_is_looked_at_depends_on_the_protocol_unless_it_is_given(
    uri: str, options: dict[str, Any], microseconds: str
) -> None:
    assert opening(uri, **options)._options["analyzeduration"] == microseconds


def test_only_a_secure_stream_is_verified() -> None:
    assert "tls_verify" not in opening("rtsp://camera/x")._options
    secure = Opening(
        address_of("rtsps://camera/x"), ConnectOptions(insecure=True), Patience()
    )
    assert secure._options["tls_verify"] == "0"


def test_what_took_too_long_once_has_twice_the_time() -> None:
    patience = Patience()
    patience.unanswered()

    assert opening("rtsp://camera/x", patience, open_seconds=7)._seconds == 14
