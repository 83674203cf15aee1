"""What an operator sees: metrics, health, and a line each second."""

import subprocess
import urllib.error
import urllib.request
from dataclasses import replace

import pytest

from sinks.live.status import OutputStatus
from streamer.cli.run.live.line import line_for
from streamer.live.fitting.control import FitStatus
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.metrics.health_server import metrics_server
from streamer.pipeline.stats import Percentiles
from tests.support.patience import PATIENCE_SECONDS

PUSH = OutputStatus(name="rtsp://10.0.0.8/x", kind="push", connected=True)
SHOT = LiveSnapshot(
    state="streaming",
    cause="",
    fps_in=25.0,
    fps_out=24.5,
    latency_ms=Percentiles(p50_ms=12, p95_ms=18, p99_ms=30),
    bytes_sent=2_000_000,
    frames_in=1000,
    frames_out=990,
    held=3,
    dropped={"late": 7, "decode error": 3},
    reconnects=2,
    fresh_ago_seconds=0.04,
    stall_seconds=2.0,
    decoder="h264_cuda",
    latency_counts=(0, 200, 700, 980, 990, 990, 990, 990, 990),
    latency_sum_seconds=15.5,
    outputs=(PUSH,),
)
LOST = replace(
    SHOT,
    outputs=(
        OutputStatus(
            name="serve://127.0.0.1:8554/x",
            kind="serve",
            connected=False,
            error="the port is taken",
            replaced=4,
            dropped=12,
            viewers=2,
        ),
        OutputStatus(
            name="rec", kind="record", connected=False, error="disk full", failures=3
        ),
    ),
)
BUSY = replace(SHOT, overloaded=True)
FITTED = replace(SHOT, fit=FitStatus(sparse=True, share=0.25))
AWAY = replace(SHOT, state="stalled", cause="stalled", fresh_ago_seconds=2.5)
SHOTS = {"gate": SHOT, "yard": AWAY, "lost": LOST, "busy": BUSY, "fit": FITTED}


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_SECONDS
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_metrics_say_what_the_streams_do() -> None:
    with metrics_server("127.0.0.1:0", lambda: SHOTS) as port:
        status, text = get(port, "/metrics")

    assert status == 200
    for line in (
        'derain_frames_out_total{stream="gate"} 990.0',
        'derain_network_share{stream="gate"} 1.0',
        'derain_network_share{stream="fit"} 0.25',
        'derain_frames_dropped_total{cause="decode error",stream="gate"} 3.0',
        'derain_latency_seconds_bucket{le="0.2",stream="yard"} 980.0',
        'derain_latency_seconds_count{stream="yard"} 990.0',
        'derain_latency_seconds_sum{stream="yard"} 15.5',
        'derain_sink_connected{output="push",stream="gate"} 1.0',
        'derain_sink_connected{output="serve",stream="lost"} 0.0',
        'derain_sink_replaced_total{output="serve",stream="lost"} 4.0',
        'derain_sink_packets_dropped_total{output="serve",stream="lost"} 12.0',
        'derain_record_failures_total{output="record",stream="lost"} 3.0',
        'derain_viewers{output="serve",stream="lost"} 2.0',
        'derain_overloaded{stream="gate"} 0.0',
        'derain_overloaded{stream="busy"} 1.0',
        'derain_healthy{stream="gate"} 1.0',
        'derain_healthy{stream="yard"} 0.0',
        'derain_reconnects_total{stream="gate"} 2.0',
        'derain_state_info{cause="stalled",decoder="h264_cuda",state="stalled",'
        'stream="yard"} 1.0',
    ):
        assert line in text


def test_the_line_of_a_second_says_everything() -> None:
    before = replace(SHOT, bytes_sent=1_900_000)

    assert line_for(SHOT, before) == (
        "streaming | in 25.0 fps | out 24.5 fps | latency 12/18 ms | "
        "dropped 10 (decode error 3, late 7) | reconnects 2 | 800 kbit/s"
    )
    assert line_for(AWAY, None).startswith("stalled (stalled) | in 25.0 fps")
    assert line_for(BUSY, None).startswith("overloaded (use --fit auto, --size,")
    both = replace(FITTED, overloaded=True)
    assert line_for(both, None).startswith("overloaded (use --size,")
    assert line_for(FITTED, None).startswith(
        "streaming | network on every 4th picture, others from their neighbours | in"
    )
    assert line_for(LOST, None).endswith(
        "output away (the port is taken) | recording failed (disk full) | viewers 2"
    )


@pytest.mark.slow
def test_prometheus_finds_nothing_to_mend(promtool: str) -> None:
    with metrics_server("127.0.0.1:0", lambda: SHOTS) as port:
        _, text = get(port, "/metrics")

    done = subprocess.run(
        [promtool, "check", "metrics"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
