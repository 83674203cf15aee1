"""The real program between two others: video in through a pipe, and out through one."""

import signal
import subprocess
import sys
from pathlib import Path

import av
import cv2
import pytest

from tests.conftest import PROJECT, MakeClip
from tests.streamer.cli.run.test_command import PROGRAM
from tests.support.patience import PATIENCE_SECONDS
from tests.support.probe import look_at

PEER = [sys.executable, str(PROJECT / "tests" / "support" / "runs" / "piped.py")]

pytestmark = pytest.mark.slow


def program(
    *arguments: str | Path, seconds: float = 0.0, **pipes: object
) -> subprocess.Popen[bytes]:
    words = [*PROGRAM, str(seconds), "run", *map(str, arguments)]
    process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload] # pipes vary
        words, stderr=subprocess.PIPE, **{"stdout": subprocess.PIPE, **pipes}
    )
    return process


def sent(clip: Path, *arguments: str | Path) -> tuple[int, str]:
    """Writes the bytes of a clip into the program; returns its status and lines."""
    process = program(*arguments, stdin=subprocess.PIPE)
    _, errors = process.communicate(clip.read_bytes(), PATIENCE_SECONDS)
    return process.returncode, errors.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [("mkv", None), ("mkv", "matroska"), ("nut", "nut"), ("ts", "mpegts")],
)
def test_between_two_programs_times_colours_audio_and_tags_stay(
    make_clip: MakeClip, before: str, after: str | None
) -> None:
    colours = {"matrix": 1, "primaries": 1, "transfer": 1, "full_range": 1}
    clip = make_clip(
        f"in.{before}", frames=30, audio=True, title="rain", rate=10, **colours
    )
    target = clip.with_name("out.mkv")
    how = ["--container", after] if after else []

    with (
        subprocess.Popen([*PEER, "send", clip], stdout=subprocess.PIPE) as one,
        program("-", "-", *how, stdin=one.stdout) as derain,
        subprocess.Popen([*PEER, "store", target], stdin=derain.stdout) as last,
    ):
        for mine in (one.stdout, derain.stdout):
            assert mine is not None
            mine.close()
        assert derain.stderr is not None
        errors = derain.stderr.read().decode()
        status = [each.wait(PATIENCE_SECONDS) for each in (one, derain, last)]

    assert status == [0, 0, 0], errors
    source, result = look_at(clip), look_at(target)
    shift = result.times[0] - source.times[0] if before != "mkv" else 0
    assert [round(float(t - shift), 3) for t in result.times] == [
        round(float(t), 3) for t in source.times
    ]
    assert result.tags == {(1, 1, 1, 1)}
    with av.open(str(clip)) as first, av.open(str(target)) as second:
        packets = [
            sum(packet.size > 0 for packet in each.demux(audio=0))
            for each in (first, second)
        ]
        assert packets[0] == packets[1]
        if before != "ts":
            assert second.metadata["title"] == "rain"
    assert "30 frames of 64x48" in errors.splitlines()[-1]


def test_a_file_goes_into_a_pipe_with_all_its_streams(make_clip: MakeClip) -> None:
    clip = make_clip("in.mp4", frames=8, audio=True)
    process = program(clip, "-")

    video, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0, errors.decode()
    clip.with_name("out.mkv").write_bytes(video)
    with av.open(str(clip.with_name("out.mkv"))) as result:
        assert [stream.type for stream in result.streams] == ["video", "audio"]
        assert result.streams[1].language == "deu"
    assert len(look_at(clip.with_name("out.mkv")).times) == 8


@pytest.mark.parametrize("sink", ["out.mp4", "out.mkv", "out.webm"])
def test_a_pipe_goes_into_a_file(make_clip: MakeClip, sink: str) -> None:
    clip = make_clip("in.mkv", frames=8, audio=True, rotation=90)

    status, errors = sent(clip, "-", clip.with_name(sink))

    assert status == 0, errors
    with av.open(str(clip.with_name(sink))) as result:
        assert [stream.type for stream in result.streams] == ["video", "audio"]
    assert len(look_at(clip.with_name(sink)).times) == 8


def test_a_turned_video_from_a_pipe_becomes_upright_pictures(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("in.mkv", frames=3, rotation=90, audio=True)

    status, errors = sent(clip, "-", f"{clip.parent}/out/")

    assert status == 0, errors
    shapes = [cv2.imread(str(p)) for p in (clip.parent / "out").iterdir()]
    assert [p.shape for p in shapes if p is not None] == [(64, 48, 3)] * 3


def test_a_reader_that_ends_early_is_one_line(make_clip: MakeClip) -> None:
    clip = make_clip("in.mkv", frames=250, options={"crf": "1"}, size=(320, 240))
    with program(clip, "-", "--crf", "1") as derain:
        assert derain.stdout is not None
        assert derain.stderr is not None
        derain.stdout.read(1000)
        derain.stdout.close()
        errors = derain.stderr.read().decode()
        status = derain.wait(PATIENCE_SECONDS)

    assert status == 1
    [line] = [line for line in errors.splitlines() if not line.startswith("picture")]
    assert "standard output: the program that reads it has ended" in line


def test_an_interrupt_completes_the_output_though_the_writer_stalls(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("in.mkv", frames=60, muxing={"cluster_time_limit": "200"})
    target = clip.with_name("out.mkv")
    with program("-", target, stdin=subprocess.PIPE) as derain:
        assert derain.stdin is not None
        assert derain.stdout is not None
        derain.stdin.write(clip.read_bytes()[:-500])
        derain.stdin.flush()
        for _ in range(8):
            assert derain.stdout.readline() == b"picture\n"
        derain.send_signal(signal.SIGINT)
        derain.stdout.read()
        status = derain.wait(PATIENCE_SECONDS)

    assert status == 130
    assert len(look_at(target).times) >= 4


@pytest.mark.parametrize("data", [b"", b"no video at all\n" * 100])
def test_what_is_no_video_is_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "in").write_bytes(data)

    status, errors = sent(tmp_path / "in", "-", tmp_path / "out.mkv")

    assert status == 1
    [line] = errors.splitlines()
    assert "the standard input cannot be read as video" in line
    assert not (tmp_path / "out.mkv").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-", "--container", "mp4"), "cannot be written into a pipe"),
        (("-", "--container", "mpegts", "--codec", "av1"), "does not hold 'av1'"),
        (("out.mkv", "--container", "nut"), "goes with a folder of films"),
    ],
)
def test_what_a_pipe_cannot_hold_is_one_line(
    make_clip: MakeClip, words: tuple[str, ...], message: str
) -> None:
    process = program(make_clip(frames=1), *words)

    video, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert video == b""
    [line] = errors.decode().splitlines()
    assert message in line
