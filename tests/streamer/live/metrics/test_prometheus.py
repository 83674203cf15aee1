"""What an operator's tools read: metrics."""

import subprocess
import urllib.error
import urllib.request

import pytest

from streamer.live.metrics.health_server import metrics_server
from tests.support.patience import PATIENCE_SECONDS
from tests.support.snapshots import SHOTS


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
