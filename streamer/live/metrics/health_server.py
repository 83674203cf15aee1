"""Metrics and health over HTTP, for Prometheus, Kubernetes and load balancers.

| Path | 200 while |
|---|---|
| `/metrics` | always |
| `/livez` | the program answers: one dead camera is no reason to restart it |
| `/readyz` | at least one stream sends what it takes in |
| `/healthz` | every stream does what was asked; as JSON, with what does not |
| `/healthz/NAME` | this stream does |

Streams are named, so no address ever leaves this way.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import BoundedSemaphore, Thread
from typing import Any, NamedTuple
from urllib.parse import unquote

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import CollectorRegistry

from sinks.live.worker.complaints import Rarely
from streamer.errors import StreamerError
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.metrics.prometheus import LiveCollector

Snapshots = Callable[[], Mapping[str, LiveSnapshot]]
_LOG = logging.getLogger("derain.metrics")
_MOST_CONNECTIONS = 32
_REQUEST_SECONDS = 10
"""A connection that has not asked by then is closed."""
_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
_PATHS = b"/metrics, /livez, /readyz, /healthz or /healthz/NAME\n"


class Reply(NamedTuple):
    """What one request gets."""

    status: int
    body: bytes
    kind: str


@contextmanager
def metrics_server(place: str, snapshots: Snapshots) -> Iterator[int]:
    """Serves on `HOST:PORT` until the block ends; gives the port.

    Raises:
        StreamerError: The place makes no sense or is taken.
    """
    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal():
        raise StreamerError(
            f"metrics wants HOST:PORT such as 127.0.0.1:9100, not {place}"
        )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(LiveCollector(snapshots))
    try:
        server = _Server((host.strip("[]"), int(port)), _handler(registry, snapshots))
    except OSError as error:
        raise StreamerError(f"metrics at {place}: {error.strerror}") from None
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


class _Server(ThreadingHTTPServer):
    """Answers a limited number of connections at a time; one more waits its turn."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self, place: tuple[str, int], handler: type[BaseHTTPRequestHandler]
    ) -> None:
        self._free = BoundedSemaphore(_MOST_CONNECTIONS)
        self._rarely = Rarely()
        super().__init__(place, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answers on a thread of its own, or closes: there are too many."""
        if not self._free.acquire(timeout=1):
            said = f"more than {_MOST_CONNECTIONS} connections: one closed"
            if (more := self._rarely.due(said)) is not None:
                _LOG.warning("%s%s", said, more)
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Frees the place afterwards."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""
        _LOG.debug("a request broke off", exc_info=True)


def _handler(
    registry: CollectorRegistry, snapshots: Snapshots
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD."""

        timeout = _REQUEST_SECONDS
        connection: socket

        def do_GET(self) -> None:
            """Answers one request."""
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            """Answers one request without the body."""
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            path = unquote(self.path.partition("?")[0])
            reply = reply_to(path, registry, snapshots)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if with_body:
                self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps requests out of the log of a service."""
            _LOG.debug(format, *args)

    return Handler


def reply_to(path: str, registry: CollectorRegistry, snapshots: Snapshots) -> Reply:
    """Returns what is answered to a request for `path`."""
    if path == "/metrics":
        return Reply(200, generate_latest(registry), CONTENT_TYPE_LATEST)
    if path == "/livez":
        return Reply(200, b"ok\n", _TEXT)
    now = snapshots()
    if path == "/readyz":
        ready = any(shot.ready for shot in now.values())
        return Reply(200 if ready else 503, b"ok\n" if ready else b"not ready\n", _TEXT)
    if path == "/healthz":
        return _health(now)
    name = path.removeprefix("/healthz/")
    if name != path and name in now:
        return _health({name: now[name]})
    return Reply(404, _PATHS, _TEXT)


def _health(now: Mapping[str, LiveSnapshot]) -> Reply:
    bad = {name: shot.problem for name, shot in now.items() if not shot.healthy}
    well = bool(now) and not bad
    streams = {name: _told(shot) for name, shot in now.items()}
    body = {"healthy": well, "problems": bad, "streams": streams}
    text = json.dumps(body, indent=1, ensure_ascii=False) + "\n"
    return Reply(200 if well else 503, text.encode(), _JSON)


def _told(shot: LiveSnapshot) -> dict[str, Any]:
    outputs = [asdict(output) for output in shot.outputs]
    for output in outputs:
        del output["name"]  # an address
    return {
        "healthy": shot.healthy,
        "state": shot.state,
        "cause": shot.cause,
        "warning": shot.warning,
        "fresh_ago_seconds": round(shot.fresh_ago_seconds, 1),
        "outputs": outputs,
    }
