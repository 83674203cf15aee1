import pytest

from benchmarks.gpu.speed.trace import busy, drawn, lanes_in, together

EVENTS = [
    {"cat": "kernel", "ph": "X", "ts": 0, "dur": 10, "args": {"stream": 7}},
    {"cat": "kernel", "ph": "X", "ts": 20, "dur": 10, "args": {"stream": 7}},
    {"cat": "gpu_memcpy", "ph": "X", "ts": 5, "dur": 10, "args": {"stream": 13}},
    {"cat": "cpu_op", "ph": "X", "ts": 0, "dur": 99},
]


def test_a_trace_tells_which_streams_work_at_the_same_time() -> None:
    lanes = lanes_in(EVENTS)

    assert lanes == {"stream 13": [(5, 15)], "stream 7": [(0, 10), (20, 30)]}
    assert busy(lanes["stream 7"]) == pytest.approx(2 / 3, abs=0.001)
    assert together(lanes) == pytest.approx(5 / 30, abs=0.001)
    assert drawn(lanes).shape == (180, 1600, 3)


def test_a_trace_without_a_gpu_shares_nothing() -> None:
    assert lanes_in(EVENTS[-1:]) == {}
    assert together({}) == 0.0
