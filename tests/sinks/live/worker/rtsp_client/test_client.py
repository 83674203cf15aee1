"""A small RTSP client, and servers that say what a test wants them to."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread

import pytest

from sinks.live.worker.rtsp_client.client import RtspClient, RtspRefusedError
from tests.support.patience import PATIENCE_SECONDS

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""That of the system takes a while to read."""
SDP = "v=0\r\nm=video 0 RTP/AVP 96\r\na=control:*\r\na=control:trackID=1\r\n"
DIGEST = 'WWW-Authenticate: Digest realm="gate", nonce="abc"'


def said(status: str = "200 OK", *headers: str, body: str = "") -> bytes:
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"RTSP/1.0 {status}", *headers, *length, "", body]
    return "\r\n".join(lines).encode()


def packet(data: bytes, channel: int = 0) -> bytes:
    return bytes((0x24, channel)) + len(data).to_bytes(2, "big") + data


@contextmanager
def scripted(
    *answers: bytes, login: str = ""
) -> Iterator[tuple[RtspClient, list[str]]]:
    """A client of a server that gives these answers, and what the server was asked."""
    asked: list[str] = []

    def serve(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line, line.makefile("rb") as reader:
            for answer in answers:
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    if not (letter := reader.read(1)):
                        return
                    request += letter
                asked.append(request.decode())
                line.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        address = f"rtsp://{login}127.0.0.1:{listener.getsockname()[1]}/live"
        client = RtspClient(address, seconds=PATIENCE_SECONDS, tls=NO_TLS)
        yield client, asked
        client.close()
        client.close()
        thread.join(PATIENCE_SECONDS)


Serve = Callable[..., tuple[RtspClient, list[str]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda *answers, **how: stack.enter_context(scripted(*answers, **how))


def headers_of(request: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in request.split("\r\n")[1:])
    return {name: value for name, _, value in pairs if name}


def test_an_answer_is_read_with_its_headers_and_its_body(serve: Serve) -> None:
    client, asked = serve(said("200 OK", "Session: 7;timeout=60", body="v=0"))

    answer = client.ask("DESCRIBE", Accept="application/sdp")

    assert (answer.status, answer.reason, answer.body) == (200, "OK", "v=0")
    assert answer.headers["session"] == "7;timeout=60"
    assert asked[0].startswith(f"DESCRIBE {client.about} RTSP/1.0\r\nCSeq: 1\r\n")
    assert headers_of(asked[0])["Accept"] == "application/sdp"


def test_a_digest_login_is_proven_as_rfc_2617_says(serve: Serve) -> None:
    client, asked = serve(
        said("401 Unauthorized", DIGEST), said(), login="viewer:p%40ss@"
    )

    assert client.ask("OPTIONS", "rtsp://gate/live").status == 200

    login = headers_of(asked[1])["Authorization"]
    assert 'username="viewer", realm="gate", nonce="abc"' in login
    # md5(md5(viewer:gate:p@ss):abc:md5(OPTIONS:rtsp://gate/live)), by md5sum
    assert 'response="abc702fbc942051d7d1189353f6ac631"' in login
    assert "p@ss" not in "".join(asked)


def test_a_basic_login_is_sent_where_it_is_wanted(serve: Serve) -> None:
    client, asked = serve(
        said("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'),
        said(),
        login="viewer:right@",
    )

    assert client.ask("OPTIONS").status == 200
    assert headers_of(asked[1])["Authorization"] == "Basic dmlld2VyOnJpZ2h0"


def test_a_wrong_login_is_tried_once(serve: Serve) -> None:
    refused = said("401 Unauthorized", DIGEST)
    client, asked = serve(refused, refused, login="viewer:wrong@")

    assert client.ask("OPTIONS").status == 401
    assert len(asked) == 2


def test_a_client_without_a_login_asks_once(serve: Serve) -> None:
    client, asked = serve(said("401 Unauthorized", DIGEST))

    assert client.ask("OPTIONS").status == 401
    assert len(asked) == 1


def test_packets_of_the_first_stream_come_and_others_are_passed_over(
    serve: Serve,
) -> None:
    client, asked = serve(
        said("200 OK", body=SDP),
        said("200 OK", "Session: 42;timeout=60"),
        said() + packet(b"report", channel=1) + packet(b"picture"),
    )

    client.play(agent="test")
    data = client.packet()

    assert data == b"picture"
    assert asked[1].startswith(f"SETUP {client.about}/trackID=1 RTSP/1.0")
    assert headers_of(asked[2])["Session"] == "42"
    assert headers_of(asked[2])["User-Agent"] == "test"


def test_packets_before_an_answer_are_passed_over(serve: Serve) -> None:
    client, _ = serve(packet(b"picture") + said("454 Session Not Found"))

    assert client.ask("OPTIONS").reason == "Session Not Found"


def test_a_server_that_refuses_is_quoted(serve: Serve) -> None:
    client, _ = serve(said("453 Not Enough Bandwidth"))

    with pytest.raises(RtspRefusedError, match="DESCRIBE: 453 Not Enough Bandwidth"):
        client.play()


@pytest.mark.parametrize("status", ["", "OK", "2\u00b20 OK"])
def test_a_status_that_is_no_number_is_none(serve: Serve, status: str) -> None:
    client, _ = serve(said(status))

    assert client.ask("OPTIONS").status == 0


def test_a_server_that_closes_in_the_middle_has_broken_off(serve: Serve) -> None:
    client, _ = serve(b"RTSP/1.0 200")

    with pytest.raises(ConnectionResetError):
        client.ask("OPTIONS")


@pytest.mark.parametrize(
    ("address", "about"),
    [
        ("rtsp://u:p@gate/live?a=1", "rtsp://gate:554/live?a=1"),
        ("rtsps://[::1]/live", "rtsps://[::1]:322/live"),
    ],
)
def test_what_is_asked_about_has_a_port_and_no_login(address: str, about: str) -> None:
    assert RtspClient(address, seconds=1, tls=NO_TLS).about == about
