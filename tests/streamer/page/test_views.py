import pytest

from streamer.page.views import (
    FileProgress,
    ProcessLoad,
    Recordings,
    StreamView,
    view_as_json,
)
from tests.streamer.page.conftest import AWAY, WELL


def test_a_live_stream_is_told_with_its_health() -> None:
    recordings = Recordings(count=2, size_bytes=10, newest="gate-1.mp4")

    well = view_as_json(StreamView(snapshot=WELL, recordings=recordings, video=True))
    away = view_as_json(StreamView(snapshot=AWAY))

    assert (well["healthy"], well["problem"], well["coverage"]) == (True, "", 1.5)
    assert well["recordings"] == {
        "count": 2,
        "size_bytes": 10,
        "newest": "gate-1.mp4",
    }
    assert (well["video"], away["video"]) == (True, False)
    assert away["healthy"] is False
    assert away["problem"] == "no fresh frame, away no answer"
    assert "recordings" not in away
    assert "progress" not in away


@pytest.mark.parametrize(
    ("total", "fps", "eta"),
    [(100, 5.0, 12.0), (100, 0.0, None), (None, 5.0, None), (30, 5.0, 0.0)],
)
def test_a_file_is_told_with_the_time_left(
    total: int | None, fps: float, eta: float | None
) -> None:
    progress = FileProgress(frames_done=40, frames_total=total, fps=fps)

    told = view_as_json(StreamView(progress=progress, coverage_of_file=0.5))

    assert told["progress"] == {
        "frames_done": 40,
        "frames_total": total,
        "fps": fps,
        "eta_seconds": eta,
    }
    assert told["coverage"] == 0.5
    assert "healthy" not in told


def test_the_load_of_the_process_is_of_the_time_since_it_was_asked() -> None:
    now = 0.0
    load = ProcessLoad(lambda: now)

    now = 1e9  # whatever the processor did meanwhile is next to nothing
    first = load()

    assert first["cpu"] == 0.0
    assert first["memory_mib"] > 5
