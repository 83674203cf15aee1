"""How the page begins, and what becomes of streams when it ends."""

import socket

import pytest
import uvicorn

from sinks.packets import Encoded
from streamer.errors import StreamerError
from tests.streamer.page.conftest import Serve
from tests.support.patience import eventually


def test_an_address_for_others_without_a_token_does_not_start(serve: Serve) -> None:
    with pytest.raises(StreamerError, match="a token is needed"):
        serve(place="0.0.0.0:0")


def test_a_port_that_is_taken_is_one_clear_error(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(StreamerError, match=f"page at 127.0.0.1:{port}: Address"):
            serve(place=f"127.0.0.1:{port}")


def test_a_page_whose_thread_dies_says_so_and_costs_no_stream_anything(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def die(*_: object, **_more: object) -> None:
        raise MemoryError("of the page")

    monkeypatch.setattr(uvicorn.Server, "run", die)
    page = serve()
    eventually(
        lambda: "the page ended; the streams go on" in caplog.text, what="the line"
    )

    with page.previews.tap("gate").watching():  # a viewer who is cut off
        page.videos.tap("gate").send(Encoded(b"", 0, key=True))
        eventually(
            lambda: bool(page.board.history("gate")), what="streams that are looked at"
        )
