import pytest

from streamer.errors import StreamerError
from streamer.events.event import Happening, Kind
from streamer.events.sender import Courier
from streamer.events.webhook import Webhook
from tests.support.happenings import RAIN
from tests.support.servers.peers import PATIENCE_SECONDS
from tests.support.servers.webhook import Server


def test_events_are_posted_as_json(hook: Server) -> None:
    Webhook(hook.url).deliver(RAIN)

    assert hook.bodies.get(timeout=PATIENCE_SECONDS)["kind"] == "rain_begins"


def test_a_server_that_is_away_gets_all_events_in_order_later(hook: Server) -> None:
    hook.failures = 3
    courier = Courier(Webhook(hook.url), lambda: 0.01)
    courier.start()

    for number in range(5):
        courier.put(Happening(kind=Kind.DISK_LOW, stream="s", time=number, text="x"))
    times = [hook.bodies.get(timeout=PATIENCE_SECONDS)["time"] for _ in range(5)]
    courier.close()

    assert times == sorted(times)
    assert courier.lost == 0


@pytest.mark.parametrize(
    "text", ["ftp://host/x", "https://user:pw@host/x", "nonsense", "https://h/${NONE}"]
)
def test_an_address_that_is_no_webhook_is_refused(text: str) -> None:
    with pytest.raises(StreamerError, match="--webhook") as refused:
        Webhook(text)
    assert "pw" not in str(refused.value)
