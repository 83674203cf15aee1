"""A stream that is served, for those who view it."""

import pytest

from sinks.live.opener import open_live_sink
from tests.support.servers.feeder import Feeder
from tests.support.servers.peers import (
    eventually,
    free_port,
)


@pytest.fixture
def served(gstreamer: None, feed: type[Feeder]) -> tuple[str, Feeder]:
    place = f"127.0.0.1:{free_port()}/clean"
    feeder = feed(open_live_sink(f"serve://{place}"))
    child = feeder.sink.outputs[0]
    eventually(lambda: bool(getattr(child, "connected")))  # noqa: B009
    return f"rtsp://{place}", feeder
