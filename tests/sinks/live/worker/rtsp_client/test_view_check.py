"""A server that takes packets and shows nobody anything is found out."""

import ssl
from collections.abc import Iterator
from threading import Event

import pytest

from sinks.live.worker.rtsp_client.client import RtspClient, RtspRefusedError
from sinks.live.worker.rtsp_client.view_check import ViewCheck
from tests.support.patience import PATIENCE_SECONDS

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""That of the system takes a while to read."""


class Viewer(RtspClient):
    """Sees what it is told: a packet, or an error."""

    def __init__(self, problem: Exception | None) -> None:
        super().__init__("rtsp://127.0.0.1:8554/x", seconds=1, tls=NO_TLS)
        self.closed = False
        self.agent = ""
        self._problem = problem

    def play(self, agent: str = "derain") -> None:
        self.agent = agent

    def packet(self) -> bytes:
        if self._problem is not None:
            raise self._problem
        return b"packet"

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (None, ""),
        (TimeoutError(), "no answer"),
        (RtspRefusedError("PLAY: 503"), "PLAY: 503"),
        (ConnectionResetError(), "ConnectionResetError"),
        (KeyError("session"), "'session'"),
    ],
)
def test_a_look_says_what_was_wrong_and_leaves(
    problem: Exception | None, said: str
) -> None:
    viewer = Viewer(problem)

    assert ViewCheck(lambda: viewer).look() == said
    assert viewer.closed
    assert viewer.agent == "derain view check"


def counted(step: int) -> Iterator[int]:
    count = 0
    while True:
        yield count
        count += step


def test_two_bad_looks_in_a_row_while_packets_are_taken_are_a_blind_server() -> None:
    problems = iter([TimeoutError(), None, TimeoutError(), TimeoutError()])
    blind = Event()
    looks = []

    def client() -> Viewer:
        looks.append(1)
        return Viewer(next(problems))

    check = ViewCheck(client, every_seconds=0.001)
    keys = counted(2)

    def is_blind() -> None:
        check.stop()
        blind.set()

    check.start(lambda: next(keys), is_blind)

    assert blind.wait(PATIENCE_SECONDS)
    assert len(looks) == 4


def test_a_server_that_takes_no_packets_is_not_blind() -> None:
    done = Event()
    looks = []

    def client() -> Viewer:
        looks.append(1)
        if len(looks) == 5:
            check.stop()
            done.set()
        return Viewer(TimeoutError())

    check = ViewCheck(client, every_seconds=0.001)
    blind: list[int] = []

    check.start(lambda: 1, lambda: blind.append(1))

    assert done.wait(PATIENCE_SECONDS)
    assert check._thread is not None
    check._thread.join(PATIENCE_SECONDS)
    assert blind == []
