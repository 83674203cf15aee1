"""What an operator sees: metrics, health, and a line each second."""

import urllib.error
import urllib.request
from dataclasses import replace

import pytest

from streamer.cli.run.live_line import line_for
from streamer.errors import StreamerError
from streamer.live.counters import LiveSnapshot
from streamer.live.prometheus import metrics_server
from streamer.pipeline.stats import Percentiles

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
)
AWAY = replace(SHOT, state="stalled", cause="stalled", fresh_ago_seconds=2.5)


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}{path}", timeout=5
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_metrics_say_what_the_streams_do() -> None:
    with metrics_server("127.0.0.1:0", lambda: {"gate": SHOT, "yard": AWAY}) as port:
        status, text = get(port, "/metrics")

    assert status == 200
    for line in (
        'derain_frames_out_total{stream="gate"} 990.0',
        'derain_frames_dropped_total{cause="decode error",stream="gate"} 3.0',
        'derain_latency_seconds{quantile="0.95",stream="yard"} 0.018',
        'derain_healthy{stream="gate"} 1.0',
        'derain_healthy{stream="yard"} 0.0',
        'derain_reconnects_total{stream="gate"} 2.0',
        'derain_state_info{cause="stalled",decoder="h264_cuda",state="stalled",'
        'stream="yard"} 1.0',
    ):
        assert line in text


@pytest.mark.parametrize(("yard", "status"), [(SHOT, 200), (AWAY, 503)])
def test_health_turns_when_one_stream_stalls(yard: LiveSnapshot, status: int) -> None:
    with metrics_server("127.0.0.1:0", lambda: {"gate": SHOT, "yard": yard}) as port:
        came, text = get(port, "/healthz")
        assert get(port, "/else")[0] == 404

    assert came == status
    assert text.startswith("gate: ok")


@pytest.mark.parametrize("place", ["9100", "host", "127.0.0.1:http"])
def test_a_wrong_place_is_one_clear_line(place: str) -> None:
    with (
        pytest.raises(StreamerError, match="HOST:PORT"),
        metrics_server(place, dict),
    ):
        pass


def test_the_line_of_a_second_says_everything() -> None:
    before = replace(SHOT, bytes_sent=1_900_000)

    assert line_for(SHOT, before) == (
        "streaming | in 25.0 fps | out 24.5 fps | latency 12/18 ms | "
        "dropped 10 (decode error 3, late 7) | reconnects 2 | 800 kbit/s"
    )
    assert line_for(AWAY, None).startswith("stalled (stalled) | in 25.0 fps")
