import json
from pathlib import Path

import pytest

from sinks import SinkError
from sinks.null import NullSink
from sources.frame import Health
from streamer.errors import StreamerError
from streamer.pipeline.file import Pipeline
from streamer.pipeline.report import DamagedSourceError, Report, health_of
from tests.support.fakes import PassThrough
from tests.support.media.drawn_source import Drawn


class Damaged(Drawn):
    """Says what went wrong in it."""

    health = Health(corrupt_packets=3, corrupt_frames=2, notes=["of the source"])


class Noting(NullSink):
    """Says what was not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.notes.append("of the sink")


@pytest.fixture
def report() -> Report:
    pipeline = Pipeline(Damaged(), PassThrough(slots=3), Noting(), max_frames=4)
    pipeline.run()
    return pipeline.report("a.mp4", "null:")


def test_a_report_says_what_each_part_says_of_itself(report: Report) -> None:
    assert (report.source, report.sink) == ("a.mp4", "null:")
    assert (report.frames_in, report.frames_out) == (4, 4)
    assert (report.corrupt_packets, report.corrupt_frames) == (3, 2)
    assert (report.model, report.device, report.backend) == (
        "pass-through",
        "cpu",
        "fake",
    )
    assert (report.slots, report.encoder) == (3, "null")
    assert (report.width, report.height) == (64, 48)
    assert report.notes == ["of the sink", "of the source"]
    assert not report.interrupted
    assert report.stages.keys() >= {"decode", "to_rgb", "network", "encode"}
    assert report.model_only_fps is None


def test_it_is_stored_as_json_in_a_folder_that_is_made(
    report: Report, tmp_path: Path
) -> None:
    path = tmp_path / "today" / "report.json"

    report.save(path)

    told = json.loads(path.read_text())
    assert told["frames_out"] == 4
    assert told["latency_ms"].keys() == {"p50_ms", "p95_ms", "p99_ms"}


def test_a_report_without_a_place_is_one_line(report: Report, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StreamerError, match=f"^{tmp_path}: Is a directory$"):
        report.save(tmp_path)
    with pytest.raises(SinkError, match="file"):
        report.save(tmp_path / "file" / "report.json")


def test_a_drawn_source_has_no_damage() -> None:
    assert health_of(Drawn()) == Health()


def test_an_early_end_says_what_is_stored(report: Report) -> None:
    error = DamagedSourceError("a.mp4", report)

    assert str(error).endswith("; 4 frames were stored")
    assert error.report is report
