from pathlib import Path

import pytest

from sinks.errors import SinkError
from streamer.cli.run.checks import (
    check_changes,
    check_options,
    check_report,
)
from streamer.errors import StreamerError
from streamer.live.fleet.settings import StreamSettings
from streamer.settings import PageOptions, RunSettings


@pytest.mark.parametrize(
    ("sink", "given", "said"),
    [
        ("o.mp4", {"metrics": "127.0.0.1:9100"}, "--metrics goes with a live source"),
        ("o.mp4", {"allow_changes": True}, "--allow-changes goes with a live source"),
        ("o.mp4", {"json_log": True}, "--json-log goes with a live source"),
        ("o.mp4", {"record": "r.mp4"}, "--record goes with a live source"),
        ("folder/", {"codec": "av1"}, "--codec goes with a video file, not folder/"),
        ("o.png", {"quality": 3}, "--quality goes with a video file, not o.png"),
        ("null:", {"preset": "slow"}, "--preset goes with a video file, not null:"),
        ("serve://0.0.0.0:8554/x", {"codec": "av1"}, "live sinks get H.264"),
    ],
)
def test_an_option_that_would_go_unheard_is_refused(
    sink: str, given: dict[str, object], said: str
) -> None:
    with pytest.raises(StreamerError, match=said):
        check_options("clip.mp4", sink, given)


@pytest.mark.parametrize(
    ("source", "sink", "given"),
    [
        ("clip.mp4", "o.mp4", {"codec": "av1", "quality": 20, "metrics": None}),
        ("rtsp://camera/x", "o.mp4", {"metrics": "127.0.0.1:9100", "codec": "av1"}),
        ("rtsp://camera/x", "null:", {"record": "r.mp4", "quality": 20}),
        ("clip.mp4", "serve://0.0.0.0:8554/x", {"quality": 20, "preset": "fast"}),
    ],
)
def test_options_that_are_heard_pass(
    source: str, sink: str, given: dict[str, object]
) -> None:
    check_options(source, sink, given)


def a_stream(source: Path, sink: Path) -> StreamSettings:
    run = RunSettings()
    return StreamSettings(name="s", source=str(source), sink=str(sink), run=run)


def test_the_report_overwrites_neither_source_nor_sink(tmp_path: Path) -> None:
    source, sink = tmp_path / "in.mp4", tmp_path / "out.mp4"
    source.write_bytes(b"a film")
    link = tmp_path / "link.json"
    link.symlink_to(source)

    for report in (source, sink, link, tmp_path / "." / "out.mp4"):
        with pytest.raises(StreamerError, match="the report would overwrite"):
            check_report(report, [a_stream(source, sink)])

    check_report(tmp_path / "report.json", [a_stream(source, sink)])


def test_a_report_needs_a_file_and_a_single_stream(tmp_path: Path) -> None:
    stream = a_stream(tmp_path / "in.mp4", tmp_path / "out.mp4")

    with pytest.raises(StreamerError, match="is a folder; the report wants a file"):
        check_report(tmp_path, [stream])
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match="file is no folder"):
        check_report(tmp_path / "file" / "deep" / "r.json", [stream])
    with pytest.raises(StreamerError, match="goes with one stream, got 2"):
        check_report(tmp_path / "r.json", [stream, stream])


def test_one_stream_of_the_command_line_cannot_be_changed_over_the_page() -> None:
    with pytest.raises(StreamerError, match="--allow-changes goes with --config"):
        check_changes(PageOptions(page="127.0.0.1:8080", allow_changes=True))
    check_changes(PageOptions(page="127.0.0.1:8080"))
