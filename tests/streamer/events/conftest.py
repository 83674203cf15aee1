from collections.abc import Iterator
from threading import Thread

import pytest

from tests.support.servers.webhook import Server


@pytest.fixture
def hook() -> Iterator[Server]:
    server = Server(failures=0)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
