"""The real program as a process of its own, interrupted, killed and starved of disk."""

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT, MakeClip, child_environment
from tests.support.patience import PATIENCE_SECONDS, eventually
from tests.support.probe import look_at

PROGRAM = [sys.executable, str(PROJECT / "tests" / "derain_pass_through.py")]

pytestmark = pytest.mark.slow


def start(*arguments: str | Path, seconds: float = 0.0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, str(seconds), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str | Path) -> tuple[int, str]:
    process = start(*arguments)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, errors


def wait_for_pictures(process: subprocess.Popen[str], count: int) -> None:
    """Returns when so many pictures have entered the network."""
    assert process.stdout is not None
    for _ in range(count):
        assert process.stdout.readline() == "picture\n"


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_completes_the_file_and_says_how_far_it_came(
    make_clip: MakeClip, kind: signal.Signals
) -> None:
    source = make_clip(frames=250, audio=True)
    sink = source.with_name("out.mp4")
    process = start("run", source, sink, seconds=0.02)

    wait_for_pictures(process, 40)
    process.send_signal(kind)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130
    stored = len(look_at(sink).times)
    assert 30 <= stored < 250
    assert f"interrupted; {sink}: {stored} frames" in errors
    assert "Traceback" not in errors


def test_an_interrupt_before_the_network_is_ready_leaves_nothing_behind(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    source = make_clip(frames=5)
    cache = tmp_path / "cache"
    process = subprocess.Popen(
        [sys.executable, "-m", "derain", "run", str(source), str(tmp_path / "out.mp4")],
        stderr=subprocess.PIPE,
        text=True,
        env={**child_environment(), "XDG_CACHE_HOME": str(cache)},
    )

    eventually((cache / "derain").is_dir)  # its graph is converted now, for seconds
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130, errors
    assert errors.splitlines()[-1] == "derain: interrupted"
    assert "Traceback" not in errors
    assert sorted(tmp_path.iterdir()) == sorted([source, cache])


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
@pytest.mark.parametrize("rate", [12, 25])
def test_after_a_kill_the_file_plays_but_for_the_last_two_seconds(
    make_clip: MakeClip, name: str, codec: str, rate: int
) -> None:
    if name == "out.mov" and codec == "av1":
        pytest.skip(".mov holds no AV1 here")
    source = make_clip(frames=1000, audio=True, rate=rate)
    sink = source.with_name(name)
    process = start("run", source, sink, "--codec", codec, seconds=0.01)

    wait_for_pictures(process, 200)
    process.kill()
    process.communicate(timeout=PATIENCE_SECONDS)

    assert len(look_at(sink).times) >= 200 - 2.5 * rate
    assert look_at(sink).streams == ["video", "audio"]


def test_a_disk_that_fills_up_is_one_clear_line_and_the_rest_plays(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=250, size=(320, 240), options={"qp": "10"})
    sink = source.with_name("out.mp4")
    limit = 150_000

    def little_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = subprocess.run(
        [*PROGRAM, "0", "run", str(source), str(sink), "--crf", "5"],
        capture_output=True,
        text=True,
        preexec_fn=little_disk,
        check=False,
        timeout=PATIENCE_SECONDS,
    )

    assert process.returncode == 1
    assert process.stderr.count("\n") == 1
    assert "File too large" in process.stderr
    assert len(look_at(sink).times) > 5


def test_a_missing_file_is_one_line_and_status_1(tmp_path: Path) -> None:
    status, errors = run("run", tmp_path / "none.mp4", tmp_path / "o.mp4")

    assert status == 1
    assert errors == f"derain: {tmp_path}/none.mp4: there is no such file.\n"


def test_wrong_arguments_are_status_2(tmp_path: Path) -> None:
    assert run("run", tmp_path / "none.mp4")[0] == 2
    assert run("nonsense")[0] == 2
    assert run("run", "a.mp4", "b.mp4", "--frobnicate")[0] == 2


def test_a_file_that_names_no_streams_is_said_where_source_and_sink_are_missing(
    tmp_path: Path,
) -> None:
    config = tmp_path / "run.toml"
    config.write_text("max_latency = 300\n")

    status, errors = run("run", "--config", config)

    assert status == 2
    assert f"SOURCE is missing, and {config} names no [[stream]]." in errors


def test_the_report_is_written_as_json_into_a_folder_that_is_made(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=10)
    report = source.with_name("reports") / "today" / "report.json"

    status, errors = run(
        "run", source, source.with_name("o.mp4"), "--report", report, "--quiet"
    )

    assert (status, errors) == (0, "")
    said = json.loads(report.read_text())
    assert said["frames_out"] == 10
    assert said["model_only_fps"] > 0
    assert said["latency_ms"].keys() == {"p50_ms", "p95_ms", "p99_ms"}


def test_the_command_line_beats_the_config_file(make_clip: MakeClip) -> None:
    source = make_clip(frames=10)
    config = source.with_name("run.toml")
    config.write_text("max_frames = 4\ncompare = true\n")
    sink = source.with_name("o.mp4")

    status, _ = run("run", source, sink, "--config", config, "--max-frames", "6")

    assert status == 0
    assert len(look_at(sink).times) == 6
    assert look_at(sink).sizes == {(128, 48)}


def test_a_report_that_has_no_place_is_refused_before_the_run(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=3)
    sink = source.with_name("o.mp4")

    status, errors = run("run", source, sink, "--report", source / "report.json")

    assert status == 1
    assert errors == f"derain: {source}/: {source} is no folder\n"
    assert not sink.exists()


def test_several_clips_go_into_a_folder_that_is_made(make_clip: MakeClip) -> None:
    first, second = make_clip("a.mp4", frames=5), make_clip("b.mp4", frames=7)
    broken = first.with_name("broken.mp4")
    broken.write_bytes(b"no film")
    out = first.parent / "clean"

    status, errors = run("run", first, broken, second, f"{out}/", "--quiet")

    assert status == 1
    assert errors.count("\n") == 1
    assert "broken.mp4" in errors
    assert len(look_at(out / "a.mp4").times) == 5
    assert len(look_at(out / "b.mp4").times) == 7


def test_a_second_run_to_one_output_is_refused(make_clip: MakeClip) -> None:
    source = make_clip(frames=250)
    sink = source.with_name("out.mp4")
    first = start("run", source, sink, seconds=0.02)
    wait_for_pictures(first, 40)

    status, errors = run("run", make_clip("b.mp4", frames=3), sink)

    assert status == 1
    assert errors == f"derain: {sink}: another run is writing this file\n"
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=PATIENCE_SECONDS)
    assert len(look_at(sink).times) >= 30
