"""Why a login was refused is told by what the server offers."""

import socket

import pytest

from sources.address import address_of
from sources.live.network.login_check import unsupported_in, unsupported_login
from tests.support.servers.refusing_server import refusing_server

SHA = 'Digest realm="x", nonce="1", algorithm=SHA-256'
MD5 = 'Digest realm="x", nonce="1"'


def answer(*offers: str) -> bytes:
    lines = [f"WWW-Authenticate: {offer}" for offer in offers]
    return "\r\n".join(["RTSP/1.0 401 Unauthorized", *lines, "", ""]).encode()


@pytest.mark.parametrize(
    ("offers", "unsupported"),
    [
        ((), False),
        ((SHA,), True),
        ((MD5,), False),
        ((SHA, MD5), False),
        (('Basic realm="x"', SHA), False),
        (("Digest algorithm=sha-512-256",), True),
    ],
)
def test_only_where_nothing_else_is_offered_ffmpeg_cannot(
    offers: tuple[str, ...], unsupported: bool
) -> None:
    said = unsupported_in(answer(*offers))

    assert said == (
        "the camera wants Digest with SHA-256, which FFmpeg cannot"
        if unsupported
        else ""
    )


def test_a_server_is_asked_without_the_login() -> None:
    with refusing_server("401 Unauthorized", f"WWW-Authenticate: {SHA}") as url:
        assert "SHA-256" in unsupported_login(address_of(url))


def test_a_server_that_does_not_answer_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert unsupported_login(address_of(f"rtsp://127.0.0.1:{port}/x")) == ""


def test_only_rtsp_is_asked() -> None:
    assert unsupported_login(address_of("http://127.0.0.1:1/x")) == ""
