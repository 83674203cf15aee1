"""SOAP messages: made, read with care, and posted to a server that may say anything."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from sources.errors import SourceError
from sources.live.onvif.soap import (
    ENVELOPE,
    RefusedError,
    envelope,
    post,
    printable,
    read,
    text_of,
)
from tests.support.patience import PATIENCE_SECONDS

Answering = Callable[[int, bytes], tuple[str, list[bytes]]]


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives one answer; gives its address and what it was asked."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.handle_request, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/device", asked
        thread.join(PATIENCE_SECONDS)


@pytest.fixture
def server() -> Iterator[Answering]:
    with ExitStack() as stack:
        yield lambda status, body: stack.enter_context(answering(status, body))


def asked(address: str) -> str:
    answer = post(
        address, "<m:Ask/>", names='xmlns:m="urn:m"', seconds=PATIENCE_SECONDS
    )
    return text_of(answer, "Model")


def test_a_message_that_is_made_can_be_read() -> None:
    root = read(envelope("<a>1</a>", header="<b/>", names='xmlns:m="urn:m"'))

    assert root.tag == f"{{{ENVELOPE}}}Envelope"
    assert text_of(root, "a") == "1"
    assert text_of(root, "none") == ""


def test_entities_are_refused_in_any_encoding() -> None:
    text = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    for data in (text.encode(), text.encode("utf-16")):
        with pytest.raises(SourceError, match="SOAP forbids"):
            read(data)


@pytest.mark.parametrize("data", [b"", b"no XML", b"<a>", b'<?xml encoding="x"?><a/>'])
def test_what_is_no_xml_is_one_line(data: bytes) -> None:
    with pytest.raises(SourceError, match="the answer is no XML") as caught:
        read(data)

    assert "\n" not in str(caught.value)


def test_comments_and_plain_data_are_no_document_type() -> None:
    assert text_of(read(b"<r><!-- x --><a><![CDATA[1 < 2]]></a></r>"), "a") == "1 < 2"


def test_what_would_steer_a_terminal_is_left_out() -> None:
    assert printable(" a\x1b[2J\n\tb\u202e ") == "a[2J b"


def test_a_question_gets_its_answer(server: Answering) -> None:
    address, heard = server(200, envelope("<Model>CAM-42</Model>"))

    assert asked(address) == "CAM-42"
    assert b"<m:Ask/>" in heard[0]


@pytest.mark.parametrize(
    ("status", "body"), [(401, b""), (400, b"<e:Value>ter:NotAuthorized</e:Value>")]
)
def test_a_device_that_wants_a_login_refuses(
    server: Answering, status: int, body: bytes
) -> None:
    address, _ = server(status, body)

    with pytest.raises(RefusedError, match="wants a login"):
        asked(address)


def test_another_status_is_named(server: Answering) -> None:
    address, _ = server(503, b"")

    with pytest.raises(SourceError, match=r"/device: answered 503"):
        asked(address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{}/x", "http://[", "http://a:b/"]
)
def test_what_does_not_answer_is_one_line(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(SourceError):
        asked(address.format(port))
