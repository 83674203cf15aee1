"""A topic of an MQTT broker that each event is published to; needs `derain[mqtt]`."""

import ssl
from contextlib import suppress
from typing import Any

from sources.address import address_of
from sources.errors import SourceError
from streamer.errors import StreamerError
from streamer.events.event import DeliveryError, Happening

_SECONDS = 10.0
_PORTS = {"mqtt": 1883, "mqtts": 8883}


class Mqtt:
    """Publishes events at `TOPIC/STREAM/KIND`, with quality of service 1.

    Args:
        text: `mqtt://user:${PASSWORD}@host:1883/topic`, or `mqtts://` over TLS.

    Raises:
        StreamerError: It is no such address, a variable is not set, or the package is
            missing.
    """

    def __init__(self, text: str) -> None:
        try:
            address = address_of(text)
        except SourceError as error:
            raise StreamerError(f"--mqtt: {error}") from None
        topic = address.path.strip("/")
        if address.scheme not in _PORTS or not topic:
            raise StreamerError(
                f"--mqtt wants mqtt://HOST/TOPIC or mqtts://HOST/TOPIC, got {address}"
            )
        try:
            from paho.mqtt.client import Client
            from paho.mqtt.enums import CallbackAPIVersion
        except ImportError:
            raise StreamerError(
                "--mqtt needs the package paho-mqtt: pip install 'derain[mqtt]'"
            ) from None
        self.name = str(address)
        self._topic = topic
        host, _, port = address.host.partition(":")
        self._place = host, int(port or _PORTS[address.scheme])
        self._client: Any = Client(CallbackAPIVersion.VERSION2)
        if address.user is not None:
            self._client.username_pw_set(address.user, address.password)
        if address.scheme == "mqtts":
            self._client.tls_set_context(ssl.create_default_context())
        self._connected = False

    def deliver(self, event: Happening) -> None:
        """Returns when the broker has acknowledged it.

        Raises:
            DeliveryError: It cannot be reached, or did not within ten seconds.
        """
        topic = f"{self._topic}/{event.stream}/{event.kind}"
        try:
            if not self._connected:
                self._client.connect(*self._place, keepalive=60)
                self._client.loop_start()
                self._connected = True
            sent = self._client.publish(topic, event.as_json(), qos=1)
            sent.wait_for_publish(_SECONDS)
            if sent.is_published():
                return
        except (OSError, RuntimeError, ValueError) as error:
            self._leave()
            raise DeliveryError(str(error)) from None
        self._leave()
        raise DeliveryError("the broker did not acknowledge it")

    def close(self) -> None:
        """Leaves the broker; may be called twice."""
        self._leave()

    def _leave(self) -> None:
        self._connected = False
        with suppress(OSError, RuntimeError, ValueError):
            self._client.disconnect()
            self._client.loop_stop()
