"""Native crashes: a real process that aborts, and the line its parent says."""

import signal
from pathlib import Path

import pytest

from streamer.cli.supervisor import crash_line
from tests.conftest import MakeClip, in_a_fresh_python
from tests.support.probe import look_at

IN_DECODE = """Fatal Python error: Segmentation fault

Thread 0x00007f01 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 320 in wait
  File "/opt/derain/streamer/pipeline/runner.py", line 170 in _encode

Current thread 0x00007f02 (most recent call first):
  File "/opt/derain/sources/orientation.py", line 31 in orientation_of
  File "/opt/derain/sources/files/images.py", line 77 in __iter__
  File "/opt/derain/streamer/pipeline/file.py", line 92 in _decode

Thread 0x00007f03 (most recent call first):
  File "/opt/derain/streamer/pipeline/file.py", line 117 in _derain
"""
CRASHING = """
import ctypes, os, sys
sys.argv = ["derain", "run", {source!r}, {sink!r}, "--quiet"]
from streamer.cli.run import command
from streamer.pipeline.output import OutputStage
from tests.support.fakes import PassThrough

network = PassThrough()
vars(command)["open_network"] = lambda *_a, **_k: network
{crash}
from streamer.cli.start import main
main()
"""
IN_NETWORK = """
def start(picture, out, begin=network.start):
    if network.pictures == {at}:
        os.abort()
    return begin(picture, out)
network.start = start
"""
IN_ENCODER = """
def write(self, flight, take=OutputStage.take):
    if self.frames_out == {at}:
        ctypes.string_at(0)
    take(self, flight)
OutputStage.take = write
"""


def crashed(source: Path, sink: Path, crash: str) -> tuple[int, str]:
    code = CRASHING.format(source=str(source), sink=str(sink), crash=crash)
    done = in_a_fresh_python(code)
    return done.returncode, done.stderr


def test_a_crash_is_told_with_the_file_the_stage_and_the_place() -> None:
    line = crash_line("SIGSEGV", IN_DECODE, ("rain.png", "/no/o.png", "", 0))

    assert line == (
        "rain.png: a library crashed (SIGSEGV at sources/orientation.py:31) while "
        "decoding; nothing was stored"
    )


def test_a_crash_in_a_thread_of_a_library_is_told_without_a_place() -> None:
    trace = "Fatal Python error: Aborted\n\nThread 0x7f (most recent call first):\n"

    line = crash_line("SIGABRT", trace, ("a.mp4", "null:", "", 9))

    assert line == (
        "a.mp4: a library crashed (SIGABRT, in a thread of a library); "
        "9 frames were done"
    )


@pytest.mark.slow
def test_an_abort_in_the_network_is_one_line_and_what_is_stored_plays(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=200)
    sink = source.with_name("out.mp4")

    status, errors = crashed(source, sink, IN_NETWORK.format(at=150))

    assert status == 1
    assert errors.count("\n") == 1
    assert errors.startswith(f"derain: {source}: a library crashed (SIGABRT at ")
    assert "while running the network" in errors
    assert f"{sink} holds what was written of" in errors
    assert len(look_at(sink).times) > 50


@pytest.mark.slow
def test_a_segmentation_fault_in_the_encoder_is_one_line(make_clip: MakeClip) -> None:
    source = make_clip(frames=100)
    sink = source.with_name("out.mkv")

    status, errors = crashed(source, sink, IN_ENCODER.format(at=90))

    assert status == 1
    assert errors.count("\n") == 1
    assert "(SIGSEGV at " in errors
    assert "while encoding and writing" in errors
    assert len(look_at(sink).times) > 30


@pytest.mark.slow
def test_a_crash_before_the_first_frame_leaves_an_older_output(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=10)
    sink = source.with_name("out.mp4")
    sink.write_bytes(b"precious")

    status, errors = crashed(source, sink, IN_NETWORK.format(at=0))

    assert status == 1
    assert f"{sink} is as it was" in errors
    assert sink.read_bytes() == b"precious"


@pytest.mark.slow
def test_a_worker_that_is_killed_is_one_line(make_clip: MakeClip) -> None:
    source = make_clip(frames=100)
    kill = IN_NETWORK.replace("os.abort()", "os.kill(os.getpid(), 9)")

    status, errors = crashed(source, source.with_name("o.mp4"), kill.format(at=50))

    assert status == 128 + signal.SIGKILL
    assert errors == (
        "derain: killed (SIGKILL), by somebody or by the kernel for lack of memory\n"
    )
