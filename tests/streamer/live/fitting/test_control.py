"""When a network need not take every picture, and when it must again."""

import pytest

from streamer.live.fitting.control import TAKES_ALL, FitControl, FitStatus
from tests.support.fakes import HandClock

INTERVAL = 0.04


class Camera:
    """25 pictures a second, and a network that takes so long for each of its own."""

    def __init__(self, *, at_once: int = 1) -> None:
        self.clock = HandClock()
        self.control = FitControl(at_once, self.clock)
        self.changes = 0

    def runs(self, *, seconds: float, network: float) -> bool:
        """Returns what was decided last."""
        sparse = self.control.decide()
        for _ in range(round(seconds / INTERVAL)):
            self.clock.advance(seconds=INTERVAL)
            self.control.came()
            self.control.took(round(network * 1e9))
            was, sparse = sparse, self.control.decide()
            self.changes += was != sparse
        return sparse


def test_a_network_that_keeps_up_takes_every_picture() -> None:
    camera = Camera()

    assert not camera.runs(seconds=60, network=0.039)

    assert camera.control.status() == TAKES_ALL
    assert camera.control.patience_ns(camera.clock()) == 0


def test_a_network_that_is_too_slow_for_a_second_need_not_take_all() -> None:
    camera = Camera()

    assert not camera.runs(seconds=0.9, network=0.2)
    assert camera.runs(seconds=1, network=0.2)


def test_a_hitch_of_the_network_changes_nothing() -> None:
    camera = Camera()
    camera.runs(seconds=5, network=0.02)

    assert not camera.runs(seconds=0.12, network=3.0)
    assert not camera.runs(seconds=5, network=0.02)

    assert not camera.changes


def test_a_network_takes_all_again_only_when_it_is_much_quicker_for_long() -> None:
    camera = Camera()
    camera.runs(seconds=3, network=0.2)

    assert camera.runs(seconds=60, network=0.035)
    assert camera.runs(seconds=9, network=0.02)
    assert not camera.runs(seconds=2, network=0.02)


@pytest.mark.slow
def test_a_network_at_the_edge_does_not_flap() -> None:
    """It looks quick while it is spared, and is too slow when it takes all."""
    camera = Camera()
    sparse = False
    for _ in range(20 * 25 * 60):
        sparse = camera.runs(seconds=INTERVAL, network=0.02 if sparse else 0.05)

    assert camera.changes <= 14


def test_requests_at_once_count_for_a_network_that_is_spared() -> None:
    """Of the two streams of OpenVINO only one works while it need not take all."""
    camera = Camera(at_once=2)
    camera.runs(seconds=3, network=0.2)

    assert not camera.runs(seconds=10.8, network=0.05)


def test_pictures_leave_with_the_delay_of_the_slowest_of_late() -> None:
    camera = Camera()
    camera.runs(seconds=3, network=0.2)
    arrived_ns = camera.clock()

    patience_ns = camera.control.patience_ns(arrived_ns)

    assert patience_ns == pytest.approx((0.2 + 3 * INTERVAL) * 1e9, rel=0.01)
    camera.clock.advance(seconds=0.3)
    left = camera.control.patience_ns(arrived_ns)
    assert left == pytest.approx(patience_ns - 0.3e9, rel=0.01)
    camera.clock.advance(seconds=0.3)
    assert camera.control.patience_ns(arrived_ns) == 0


def test_no_picture_waits_longer_than_the_network_is_waited_for() -> None:
    camera = Camera()
    camera.runs(seconds=3, network=5.0)

    assert camera.control.patience_ns(camera.clock()) <= 1.2e9


def test_the_status_is_that_of_the_last_seconds() -> None:
    camera = Camera()
    camera.runs(seconds=3, network=0.16)
    for number in range(200):
        camera.clock.advance(seconds=INTERVAL)
        camera.control.made(number < 40 or number % 4 == 0)

    status = camera.control.status()
    assert status.sparse
    assert status.share == pytest.approx(0.25, abs=0.01)
    assert (camera.control.taken, camera.control.others) == (80, 120)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.25, "network on every 4th picture, others from their neighbours"),
        (0.5, "network on every 2nd picture, others from their neighbours"),
        (1 / 3, "network on every 3rd picture, others from their neighbours"),
        (1 / 21, "network on every 21st picture, others from their neighbours"),
        (1 / 12, "network on every 12th picture, others from their neighbours"),
        (0.9, "network on most pictures, others from their neighbours"),
        (0.0, "network on no picture, all from their neighbours"),
    ],
)
def test_the_status_says_what_is_done(share: float, said: str) -> None:
    assert FitStatus(sparse=True, share=share).text == said
    assert not TAKES_ALL.text
