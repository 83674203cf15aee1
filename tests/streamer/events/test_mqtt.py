import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from streamer.errors import StreamerError
from streamer.events.event import DeliveryError
from streamer.events.mqtt import Mqtt
from tests.support.happenings import RAIN
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port


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
