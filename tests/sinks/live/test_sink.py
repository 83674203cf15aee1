"""What a live sink says of what its outputs took."""

from dataclasses import replace
from fractions import Fraction

import pytest

from sinks.errors import SinkError
from sinks.live.output import OutputStatus
from sinks.live.sink import LiveSink
from sinks.packets import Encoded
from sources.audio import Audio
from sources.frame import Colour, Frame, StreamInfo
from tests.conftest import Clip, picture_of

FILE = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=Fraction(1, 25),
    colour=Colour(),
)
CAMERA = replace(FILE, live=True)


class Server:
    """An output at whose other end only some packets arrive."""

    name, error = "rtsp://server/x", "Connection refused"

    def __init__(self, takes: int) -> None:
        self.sent = self.arrived = 0
        self._takes = takes

    def carries(self, audio: Audio) -> bool:
        return False

    def start(self, audio: Audio | None) -> None: ...

    @property
    def status(self) -> OutputStatus:
        arrives = self._takes > 0
        return OutputStatus(name=self.name, kind="push", connected=arrives)

    def send(self, packet: Encoded) -> None:
        self.sent += 1
        self.arrived = min(self.sent, self._takes)

    def key_wanted(self) -> bool:
        return False

    def await_server(self, first: Encoded) -> bool:
        return self._takes > 0

    def drain(self) -> None: ...

    def close(self) -> None: ...


def sent(stream: StreamInfo, server: Server, frames: int = 5) -> LiveSink:
    sink = LiveSink([server], sleep=lambda _seconds: None)
    sink.begin(stream)
    for index in range(frames):
        sink.write(
            Frame(
                picture=picture_of(Clip(), index),
                index=index,
                pts=index,
                time_base=Fraction(1, 25),
                colour=Colour(),
            )
        )
    sink.finish(whole=True)
    return sink


def test_a_file_that_nobody_takes_fails_at_its_first_picture() -> None:
    server = Server(takes=0)

    with pytest.raises(SinkError, match="x: Connection refused; nothing was sent"):
        sent(FILE, server)

    assert server.sent == 1


def test_a_file_of_which_a_part_is_lost_fails_in_the_end() -> None:
    with pytest.raises(SinkError, match="x: 2 of 5 packets did not arrive"):
        sent(FILE, Server(takes=3))


def test_a_camera_may_lose_packets_but_not_all_of_them() -> None:
    sent(CAMERA, Server(takes=3))

    with pytest.raises(SinkError, match="x: Connection refused; nothing arrived"):
        sent(CAMERA, Server(takes=0))


def test_a_file_that_arrives_is_no_error() -> None:
    server = Server(takes=9)

    sent(FILE, server)

    assert server.arrived == 5
