"""A server that answered and does no more is lost; one that never did is let be."""

from collections.abc import Iterator

import pytest

from sinks.live.worker.rtsp_client.client import Answer, RtspClient
from sinks.live.worker.rtsp_client.keepalive import ServerWatch


class Scripted(RtspClient):
    """Answers, or fails, as it is told."""

    def __init__(self, *answers: type[OSError] | None) -> None:
        super().__init__("rtsp://viewer:secret@127.0.0.1:8554/live", seconds=1)
        self.closed = 0
        self._answers: Iterator[type[OSError] | None] = iter(answers)

    def ask(self, method: str, about: str = "", **headers: str) -> Answer:
        error = next(self._answers)
        if error is not None:
            raise error
        return Answer(200, "OK", {}, "")

    def close(self) -> None:
        self.closed += 1


def test_a_server_that_answers_is_there() -> None:
    watch = ServerWatch(Scripted(None, None))

    assert not watch.lost()
    assert not watch.lost()


@pytest.mark.parametrize(
    "faults", [(TimeoutError,), (ConnectionResetError, ConnectionRefusedError)]
)
def test_a_server_that_answers_no_more_is_lost(faults: tuple[type[OSError]]) -> None:
    watch = ServerWatch(Scripted(None, *faults))

    assert not watch.lost()
    assert watch.lost()


def test_a_connection_that_the_server_closed_is_opened_anew() -> None:
    probe = Scripted(None, ConnectionResetError, None)
    watch = ServerWatch(probe)

    assert not watch.lost()
    assert not watch.lost()
    assert probe.closed == 1


def test_a_server_that_never_answered_is_not_judged_by_it() -> None:
    watch = ServerWatch(
        Scripted(TimeoutError, ConnectionResetError, TimeoutError, None)
    )

    assert [watch.lost() for _ in range(3)] == [False] * 3
