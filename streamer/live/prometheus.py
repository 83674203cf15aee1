"""Prometheus metrics and a health check over HTTP.

`/metrics` is made from snapshots when it is asked for; `/healthz` answers 503 when a
stream has not sent a fresh frame for its stall limit. Streams are labelled by name, so
no address ever leaves this way.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from streamer.errors import StreamerError
from streamer.live.counters import LiveSnapshot

Snapshots = Callable[[], Mapping[str, LiveSnapshot]]
_LOG = logging.getLogger("derain.metrics")


class LiveCollector(Collector):
    """Turns snapshots into metrics."""

    def __init__(self, snapshots: Snapshots) -> None:
        """`snapshots` returns those of all streams, by name."""
        self._snapshots = snapshots

    def collect(self) -> Iterator[Metric]:
        """Yields the metrics of all streams."""
        now = self._snapshots()
        yield from _counters(now)
        yield from _gauges(now)
        state = InfoMetricFamily(
            "derain_state", "What the source does", labels=["stream"]
        )
        for name, shot in now.items():
            said = {"state": shot.state, "cause": shot.cause, "decoder": shot.decoder}
            state.add_metric([name], said)
        yield state


def _counters(now: Mapping[str, LiveSnapshot]) -> Iterator[Metric]:
    plain: dict[str, tuple[str, Callable[[LiveSnapshot], int]]] = {
        "frames_in": ("Frames that came from the source", lambda s: s.frames_in),
        "frames_out": ("Fresh frames that left", lambda s: s.frames_out),
        "frames_held": (
            "Pictures repeated while the source was away",
            lambda s: s.held,
        ),
        "reconnects": ("Times that the source came back", lambda s: s.reconnects),
        "bytes_sent": ("Encoded video", lambda s: s.bytes_sent or 0),
    }
    for key, (text, value) in plain.items():
        family = CounterMetricFamily(f"derain_{key}", text, labels=["stream"])
        for name, shot in now.items():
            family.add_metric([name], value(shot))
        yield family
    dropped = CounterMetricFamily(
        "derain_frames_dropped", "Frames lost", labels=["stream", "cause"]
    )
    for name, shot in now.items():
        for cause, count in shot.dropped.items():
            dropped.add_metric([name, cause], count)
    yield dropped


def _gauges(now: Mapping[str, LiveSnapshot]) -> Iterator[Metric]:
    plain: dict[str, tuple[str, Callable[[LiveSnapshot], float]]] = {
        "fps_in": ("Frames a second, last 5 s", lambda s: s.fps_in),
        "fps_out": ("Fresh frames a second, last 5 s", lambda s: s.fps_out),
        "fresh_age_seconds": ("Since the last fresh frame", _age),
        "healthy": ("1 while fresh frames leave", lambda s: s.healthy),
    }
    for key, (text, value) in plain.items():
        family = GaugeMetricFamily(f"derain_{key}", text, labels=["stream"])
        for name, shot in now.items():
            family.add_metric([name], value(shot))
        yield family
    rain = GaugeMetricFamily(
        "derain_rain_coverage_percent",
        "Rain taken out of the newest picture, in per cent of it",
        labels=["stream"],
    )
    for name, shot in now.items():
        if shot.coverage is not None:
            rain.add_metric([name], shot.coverage)
    yield rain
    latency = GaugeMetricFamily(
        "derain_latency_seconds",
        "From a frame decoded to the frame sent, last 5 s",
        labels=["stream", "quantile"],
    )
    for name, shot in now.items():
        times = shot.latency_ms
        for quantile, ms in (("0.5", times.p50_ms), ("0.95", times.p95_ms)):
            latency.add_metric([name, quantile], ms / 1000)
    yield latency


def _age(shot: LiveSnapshot) -> float:
    return shot.fresh_ago_seconds


@contextmanager
def metrics_server(place: str, snapshots: Snapshots) -> Iterator[int]:
    """Serves on `HOST:PORT` until the block ends; gives the port.

    Raises:
        StreamerError: The place makes no sense or is taken.
    """
    host, _, port = place.rpartition(":")
    if not host or not port.isdigit():
        raise StreamerError(
            f"metrics wants HOST:PORT such as 127.0.0.1:9100, not {place}"
        )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(LiveCollector(snapshots))
    try:
        server = ThreadingHTTPServer(
            (host.strip("[]"), int(port)), _handler(registry, snapshots)
        )
    except OSError as error:
        raise StreamerError(f"metrics at {place}: {error.strerror}") from None
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


def _handler(
    registry: CollectorRegistry, snapshots: Snapshots
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers two paths."""

        def do_GET(self) -> None:
            """Answers one request."""
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)
            elif path == "/healthz":
                self._answer(*_health(snapshots()), "text/plain; charset=utf-8")
            else:
                self._answer(404, b"/metrics or /healthz\n", "text/plain")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps requests out of the log of a service."""
            _LOG.debug(format, *args)

    return Handler


def _health(now: Mapping[str, LiveSnapshot]) -> tuple[int, bytes]:
    lines = []
    for name, shot in now.items():
        word = "ok" if shot.healthy else f"no fresh frame, {shot.state} {shot.cause}"
        lines.append(f"{name}: {word} ({shot.fresh_ago_seconds:.1f} s)\n")
    well = bool(now) and all(shot.healthy for shot in now.values())
    return (200 if well else 503), "".join(lines).encode()
