"""Events at real targets: a program, a web server, a broker."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

import pytest

from streamer.errors import StreamerError
from streamer.events.command import Command
from streamer.events.event import DeliveryError, Happening, Kind
from streamer.events.mqtt import Mqtt
from streamer.events.sender import Courier, delivered
from streamer.events.webhook import Webhook
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port

RAIN = Happening(
    kind=Kind.RAIN_BEGINS, stream="gate", time=1_795_000_000.5, text="gate: rain"
)


def test_a_command_gets_the_event_on_stdin_and_in_its_environment(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.json"
    code = (
        "import json, os, sys; event = json.load(sys.stdin);"
        "event['kind too'] = os.environ['DERAIN_EVENT'];"
        "json.dump(event, open(sys.argv[1], 'w'))"
    )
    script = tmp_path / "tell.py"
    script.write_text(code, encoding="utf-8")

    Command(f"'{sys.executable}' '{script}' '{out}'").deliver(RAIN)

    assert json.loads(out.read_text()) == {
        "kind": "rain_begins",
        "kind too": "rain_begins",
        "stream": "gate",
        "text": "gate: rain",
        "time": "2026-11-18T11:06:40.500+00:00",
    }


def test_a_command_that_fails_is_not_delivered() -> None:
    with pytest.raises(DeliveryError, match="status 3"):
        Command(f"{sys.executable} -c 'raise SystemExit(3)'").deliver(RAIN)
    with pytest.raises(DeliveryError, match="no-such-program"):
        Command("/no-such-program").deliver(RAIN)


@pytest.mark.parametrize("text", ["", "tell 'half"])
def test_a_command_that_cannot_be_split_is_refused(text: str) -> None:
    with pytest.raises(StreamerError, match="--on-event"):
        Command(text)


class Server(ThreadingHTTPServer):
    """Takes posts; answers 503 to the first ones."""

    def __init__(self, failures: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.failures = failures
        self.bodies: Queue[Any] = Queue()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.failures -= 1
        if self.server.failures < 0:
            self.server.bodies.put(body)
        self.send_response(503 if self.server.failures >= 0 else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Server]:
    server = Server(failures=0)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


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


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    config = tmp_path / "mosquitto.conf"
    passwords = tmp_path / "passwords"
    subprocess.run(
        [
            shutil.which("mosquitto_passwd") or "mosquitto_passwd",
            "-b",
            "-c",
            passwords,
            "derain",
            "s3cret",
        ],
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\n"
        f"password_file {passwords}\nuser root\n"
    )
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    process = subprocess.Popen([program, "-c", config], stderr=subprocess.DEVNULL)
    yield port
    process.terminate()
    process.wait(PATIENCE_SECONDS)


@pytest.mark.slow
def test_a_broker_gets_events_by_stream_and_kind(
    broker: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    came: Queue[tuple[str, Any]] = Queue()
    subscribed: Queue[bool] = Queue()
    listener = Client(CallbackAPIVersion.VERSION2)
    listener.username_pw_set("derain", "s3cret")
    listener.on_connect = lambda client, *_: client.subscribe("rain/#", qos=1)
    listener.on_subscribe = lambda *_: subscribed.put(True)
    listener.on_message = lambda _c, _u, m: came.put((m.topic, json.loads(m.payload)))
    monkeypatch.setenv("MQTT_PASSWORD", "s3cret")

    def connected() -> bool:
        try:
            listener.connect("127.0.0.1", broker)
        except OSError:
            return False
        return True

    eventually(connected)
    listener.loop_start()
    subscribed.get(timeout=PATIENCE_SECONDS)
    target = Mqtt(f"mqtt://derain:${{MQTT_PASSWORD}}@127.0.0.1:{broker}/rain")
    with closing(target):
        target.deliver(RAIN)
        topic, event = came.get(timeout=PATIENCE_SECONDS)
    listener.disconnect()
    listener.loop_stop()

    assert topic == "rain/gate/rain_begins"
    assert event["stream"] == "gate"
    assert "s3cret" not in target.name


def test_a_broker_that_is_not_there_is_not_delivered() -> None:
    target = Mqtt(f"mqtt://127.0.0.1:{free_port()}/rain")

    with closing(target), pytest.raises(DeliveryError, match="refused"):
        target.deliver(RAIN)


def test_missing_mqtt_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)

    with pytest.raises(StreamerError, match=r"pip install 'derain\[mqtt\]'"):
        Mqtt("mqtt://127.0.0.1/rain")
