"""Live runs at one moment: one that does well, and what may be wrong with others."""

from dataclasses import replace

from sinks.live.output import OutputStatus
from streamer.live.fitting.control import FitStatus
from streamer.live.metrics.counters import LiveSnapshot
from streamer.pipeline.stats import Percentiles

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
