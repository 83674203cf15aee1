"""The same complaint is logged ever more rarely, a new one at once."""

import logging

import pytest

from sinks.live.worker.complaints import Complaints


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "derain.sink")
    return caplog


def test_the_same_is_said_again_after_ever_longer_pauses(
    log: pytest.LogCaptureFixture,
) -> None:
    clock = Seconds()
    complaints = Complaints("rtsp://server/x", clock)

    said_at = []
    for second in range(100):
        clock.now = 1000.0 + second
        before = len(log.messages)
        complaints.say("refused")
        if len(log.messages) > before:
            said_at.append(second)

    assert said_at == [0, 5, 15, 35, 75]
    assert log.messages[1] == "sink=rtsp://server/x away='refused' (4 times more)"


def test_the_longest_pause_is_ten_minutes(log: pytest.LogCaptureFixture) -> None:
    clock = Seconds()
    complaints = Complaints("x", clock)
    for _ in range(3000):
        clock.now += 10
        complaints.say("refused")
    count = len(log.messages)

    clock.now += 600
    complaints.say("refused")

    assert len(log.messages) == count + 1


def test_another_complaint_is_said_at_once(log: pytest.LogCaptureFixture) -> None:
    complaints = Complaints("x", Seconds())

    for problem in ("refused", "refused", "no route", "refused"):
        complaints.say(problem)

    assert [message.split("'")[1] for message in log.messages] == [
        "refused",
        "no route",
        "refused",
    ]


def test_after_it_was_there_the_same_is_news(log: pytest.LogCaptureFixture) -> None:
    complaints = Complaints("x", Seconds())

    complaints.say("refused")
    complaints.over()
    complaints.say("refused")

    assert log.messages == [
        "sink=x away='refused'",
        "sink=x connected",
        "sink=x away='refused'",
    ]
