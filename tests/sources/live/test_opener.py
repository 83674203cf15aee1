"""From an address to a live stream, and over which transport."""

import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import av
import pytest

from sources.connect import ConnectOptions
from sources.errors import SourceError
from sources.frame import StreamInfo
from sources.live import opener
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.opener import is_live, open_live
from tests.support.media.gpu_camera import INFO, a_picture


class Server:
    """Answers each connection as it was told, and remembers how it came."""

    def __init__(self, *refusals: Cause) -> None:
        self.transports: list[str] = []
        self._refusals = iter(refusals)

    def __call__(
        self, address: object, how: ConnectOptions, **_rest: object
    ) -> "Server":
        self.transports.append(how.transport)
        if refusal := next(self._refusals, None):
            raise DisconnectedError(refusal)
        return self

    @property
    def info(self) -> StreamInfo:
        return INFO

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        yield a_picture()

    def close(self) -> None:
        """Has nothing open."""


def read_one(uri: str, **options: str) -> None:
    stream = open_live(uri, ConnectOptions(**options))  # type: ignore[arg-type] # a test names them
    stream.link._back_off.seconds = lambda: 0.0  # type: ignore[method-assign] # waits are tested in test_reconnect
    assert list(islice(stream, 1))
    stream.close()


@pytest.mark.parametrize(
    ("uri", "live"),
    [
        ("rtsp://camera/x", True),
        ("RTSPS://camera/x", True),
        ("udp://0.0.0.0:5000", True),
        ("gst:videotestsrc ! appsink", True),
        ("camera:0", True),
        ("file.mp4", False),
        ("rtsp:", False),
        ("gopher://x/y", False),
        ("-", False),
    ],
)
def test_a_live_stream_is_known_by_its_address(uri: str, live: bool) -> None:
    assert is_live(uri) is live


@pytest.mark.parametrize("cause", [Cause.TRANSPORT, Cause.UNAVAILABLE, Cause.REJECTED])
def test_auto_tries_udp_where_the_server_does_not_take_tcp(
    monkeypatch: pytest.MonkeyPatch, cause: Cause
) -> None:
    server = Server(cause)
    monkeypatch.setattr(opener, "NetworkStream", server)

    read_one("rtsp://camera/x")

    assert server.transports == ["auto", "udp"]


@pytest.mark.parametrize(
    ("transport", "refusals"),
    [("auto", [Cause.PASSWORD]), ("tcp", [Cause.TRANSPORT, Cause.PASSWORD])],
)
def test_udp_is_not_tried_where_it_would_not_help(
    monkeypatch: pytest.MonkeyPatch, transport: str, refusals: list[Cause]
) -> None:
    server = Server(*refusals)
    monkeypatch.setattr(opener, "NetworkStream", server)

    with pytest.raises(DisconnectedError) as caught:
        read_one("rtsp://camera/x", transport=transport)

    assert caught.value.cause is Cause.PASSWORD
    assert server.transports == [transport] * len(refusals)


def test_an_address_that_makes_no_sense_is_refused_before_it_is_read() -> None:
    with pytest.raises(SourceError):
        open_live("rtsp://")


def test_certificates_that_are_missing_are_named_before_it_is_read(
    tmp_path: Path,
) -> None:
    options = ConnectOptions(ca_file=str(tmp_path / "missing.pem"))

    with pytest.raises(SourceError, match=r"missing\.pem: there is no such file"):
        open_live("rtsps://camera/x", options)


def test_a_secure_stream_that_is_not_verified_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "derain.source"):
        open_live("rtsps://me:secret@camera/x", ConnectOptions(insecure=True))
        open_live("rtsp://camera/x", ConnectOptions(insecure=True))

    [line] = caplog.messages
    assert "is not verified: --insecure" in line
    assert "secret" not in line


def test_a_stream_that_a_user_waits_for_is_patient() -> None:
    assert open_live("rtsp://camera/x", ConnectOptions(wait=True)).link.patient
    assert not open_live("rtsp://camera/x").link.patient
