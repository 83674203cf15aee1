"""Live runs as Prometheus metrics, made from snapshots when they are asked for."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from sinks.live.output import OutputStatus
from streamer.live.metrics.counters import LATENCY_BUCKETS, LiveSnapshot

Snapshots = Callable[[], Mapping[str, LiveSnapshot]]


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
        yield from _outputs(now)
        yield _latencies(now)
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
    plain: dict[str, tuple[str, Callable[[LiveSnapshot], float | None]]] = {
        "fps_in": ("Frames a second, last 5 s", lambda s: s.fps_in),
        "fps_out": ("Fresh frames a second, last 5 s", lambda s: s.fps_out),
        "fresh_age_seconds": ("Since the last fresh frame", _age),
        "healthy": ("1 while the stream does what was asked", lambda s: s.healthy),
        "frozen_picture": (
            "1 while the picture has not changed for a minute",
            lambda s: bool(s.warning),
        ),
        "overloaded": (
            "1 while the machine is too slow for the stream",
            lambda s: s.overloaded,
        ),
        "network_share": (
            "Share of pictures that the network takes, last 5 s; all others are made "
            "from their neighbours",
            lambda s: s.fit.share,
        ),
        "rain_coverage_percent": (
            "Rain taken out of the newest picture, in per cent of it",
            lambda s: s.coverage,
        ),
    }
    for key, (text, value) in plain.items():
        family = GaugeMetricFamily(f"derain_{key}", text, labels=["stream"])
        for name, shot in now.items():
            if (found := value(shot)) is not None:
                family.add_metric([name], found)
        yield family


def _latencies(now: Mapping[str, LiveSnapshot]) -> Metric:
    family = HistogramMetricFamily(
        "derain_latency_seconds",
        "From a frame decoded to the frame sent",
        labels=["stream"],
    )
    for name, shot in now.items():
        limits = [*map(str, LATENCY_BUCKETS), "+Inf"]
        buckets = list(zip(limits, shot.latency_counts, strict=False))
        family.add_metric([name], buckets or [("+Inf", 0)], shot.latency_sum_seconds)
    return family


def _outputs(now: Mapping[str, LiveSnapshot]) -> Iterator[Metric]:
    labels = ["stream", "output"]
    connected = GaugeMetricFamily(
        "derain_sink_connected", "1 while what is sent arrives", labels=labels
    )
    viewers = GaugeMetricFamily(
        "derain_viewers", "Who watches what is served", labels=labels
    )
    counted: dict[str, tuple[str, Callable[[OutputStatus], int]]] = {
        "sink_replaced": ("Child processes replaced", lambda s: s.replaced),
        "sink_packets_dropped": ("Packets that did not arrive", lambda s: s.dropped),
        "sink_bytes": ("Encoded video and audio that arrived", _bytes_of),
        "record_failures": ("How often storing failed", lambda s: s.failures),
        "record_files_deleted": (
            "Recordings that had to go for newer ones",
            lambda s: s.deleted,
        ),
    }
    families = {
        key: (CounterMetricFamily(f"derain_{key}", text, labels=labels), value)
        for key, (text, value) in counted.items()
    }
    for name, shot in now.items():
        for output in shot.outputs:
            where = [name, output.kind]
            connected.add_metric(where, output.connected)
            if output.viewers is not None:
                viewers.add_metric(where, output.viewers)
            for family, value in families.values():
                family.add_metric(where, value(output))
    yield connected
    yield viewers
    yield from (family for family, _ in families.values())


def _bytes_of(output: OutputStatus) -> int:
    return output.bytes_sent


def _age(shot: LiveSnapshot) -> float:
    return shot.fresh_ago_seconds
