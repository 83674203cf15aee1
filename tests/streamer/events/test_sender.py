from threading import Event

from streamer.events.event import DeliveryError, Happening
from streamer.events.sender import Courier, delivered
from streamer.events.webhook import Webhook
from tests.support.happenings import RAIN
from tests.support.servers.peers import PATIENCE_SECONDS, eventually
from tests.support.servers.webhook import Server


class Stuck:
    """A target that takes nothing."""

    name = "stuck"

    def deliver(self, _event: Happening) -> None:
        raise DeliveryError("away")

    def close(self) -> None:
        pass


def test_what_waits_is_bounded_and_a_stuck_target_holds_no_other(
    hook: Server,
) -> None:
    stuck = Courier(Stuck(), lambda: 60.0)
    stuck.start()
    for _ in range(300):
        stuck.put(RAIN)
    with delivered([Stuck(), Webhook(hook.url)]) as send:
        send([RAIN])
        hook.bodies.get(timeout=PATIENCE_SECONDS)
    stuck.close()

    assert stuck.lost >= 43


class SlowlyStuck(Stuck):
    """One that fails only when it is told to."""

    def __init__(self) -> None:
        self.tried, self.may_fail = Event(), Event()

    def deliver(self, event: Happening) -> None:
        self.tried.set()
        self.may_fail.wait(PATIENCE_SECONDS)
        super().deliver(event)


def test_what_comes_while_an_event_is_tried_stays_bounded_too() -> None:
    target = SlowlyStuck()
    courier = Courier(target, lambda: 60.0)
    courier.start()
    courier.put(RAIN)
    target.tried.wait(PATIENCE_SECONDS)
    for _ in range(256):
        courier.put(RAIN)
    assert courier.lost == 0

    target.may_fail.set()
    eventually(lambda: courier.lost == 1, what="the event that has no place")
    for _ in range(10):
        courier.put(RAIN)

    assert courier.lost == 11
    courier.close()
