"""The real program at long work: starved of disk, doubled, wrongly asked."""

import json
import re
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import MakeClip
from tests.support.patience import PATIENCE_SECONDS
from tests.support.probe import look_at
from tests.support.runs.film_program import (
    EXACTLY,
    command,
    run,
    start,
    under_way,
)
from tests.support.runs.pieces import frames_of

pytestmark = pytest.mark.slow


def test_a_corrupt_film_does_not_stop_the_others_and_is_told_of(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    (library / "sub").mkdir(parents=True)
    for name in ("library/a.mp4", "library/sub/c.ts"):
        make_clip(name, frames=60, options={"g": "20"})
    (library / "b.mp4").write_bytes(b"nothing that is a film" * 100)
    output = tmp_path / "out"

    status, errors = run(library, f"{output}/", "--recursive")

    assert status == 1
    assert len(look_at(output / "a.mp4").times) == 60
    assert len(look_at(output / "sub" / "c.mkv").times) == 60
    [line] = (output / "failed.jsonl").read_text().splitlines()
    assert json.loads(line)["source"] == str(library / "b.mp4")
    assert "cannot be read as video" in json.loads(line)["cause"]
    assert "2 of 3 films are complete; 1 failed" in errors


def test_a_film_that_is_still_being_copied_is_made_once_it_is_whole(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    (tmp_path / "library").mkdir()
    source = make_clip("library/a.mkv", frames=60, options={"g": "20"})
    whole, output = source.read_bytes(), tmp_path / "out"
    source.write_bytes(whole[: len(whole) * 6 // 10])

    status, errors = run(source.parent, f"{output}/")
    source.write_bytes(whole)
    later = run(source.parent, f"{output}/")

    assert status == 1
    assert "0 of 1 films are complete; 1 failed" in errors
    assert later[0] == 0, later[1]
    assert len(look_at(output / "a.mkv").times) == 60
    assert not (output / "failed.jsonl").exists()


def test_files_that_no_run_has_made_and_twins_stay_as_they_are(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    (tmp_path / "library").mkdir()
    for name in ("a.mp4", "b.mp4", "c.mp4", "c.mov"):
        make_clip(f"library/{name}", frames=30, options={"g": "20"})
    output = tmp_path / "out"
    output.mkdir()
    for name in ("a.mp4", "c.mp4"):
        (output / name).write_text("holidays")
    how = (tmp_path / "library", output, "--container", "mp4")

    status, errors = run(*how)

    assert status == 1
    assert {(output / name).read_text() for name in ("a.mp4", "c.mp4")} == {"holidays"}
    assert len(look_at(output / "b.mp4").times) == 30
    assert errors.count("a.mp4 exists already and was not made by an earlier run") == 1
    assert errors.count("would both become") == 2
    assert "1 of 4 films are complete; 3 failed" in errors
    assert run(*how, "-y")[0] == 1  # the twins are still two
    assert len(look_at(output / "a.mp4").times) == 30
    assert (output / "c.mp4").read_text() == "holidays"


def test_a_library_that_is_complete_is_skipped_without_loading_a_network(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    make_clip("in-a.mp4", frames=40, options={"g": "20"})
    make_clip("in-b.mp4", frames=40, options={"g": "20"})
    pattern, output = tmp_path / "in-*.mp4", tmp_path / "out"
    assert run(pattern, output)[0] == 0
    before = (output / "in-a.mp4").stat().st_mtime_ns

    process = start(pattern, output)
    shown, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0
    assert shown == ""  # no picture entered a network
    assert errors.count("complete ") == 2
    assert (output / "in-a.mp4").stat().st_mtime_ns == before


def test_a_second_program_is_told_who_works_there(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    make_clip("in-a.mp4", frames=400, options={"g": "20"})
    arguments = (tmp_path / "in-*.mp4", tmp_path / "out")

    with under_way(*arguments, pictures=5):
        status, errors = run(*arguments)

    assert status == 1
    assert re.search(r"out/ is being worked on by process \d+ on \S+$", errors)
    assert errors.count("\n") == 1


def test_a_full_disk_stops_a_library_with_one_line_and_keeps_what_is_done(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    make_clip("in-a.mp4", frames=40, options={"g": "20"})
    make_clip("in-b.mp4", frames=120, size=(640, 480), options={"g": "60", "qp": "10"})
    make_clip("in-c.mp4", frames=40, options={"g": "20"})
    pattern, output = tmp_path / "in-*.mp4", tmp_path / "out"

    def little_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    process = subprocess.run(
        command(pattern, output, "--crf", "5", "--quiet", "--piece", "2"),
        capture_output=True,
        text=True,
        preexec_fn=little_disk,
        check=False,
        timeout=4 * PATIENCE_SECONDS,
    )

    assert process.returncode == 1
    assert process.stderr.count("\n") == 1
    assert "File too large" in process.stderr
    assert (output / "in-a.mp4").exists()
    assert not (output / "in-c.mp4").exists()
    assert not list(output.rglob("*.part*"))
    assert run(pattern, output, "--crf", "5", "--piece", "2")[0] == 0
    assert len(look_at(output / "in-b.mp4").times) == 120


def test_another_source_is_refused_in_one_line(make_clip: MakeClip) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    sink = source.with_name("out.mp4")
    assert run(source, sink, "--resume")[0] == 0
    make_clip(frames=80, options={"g": "20"})

    status, errors = run(source, sink, "--resume")

    assert status == 1
    assert "is not the file that was begun: its size was" in errors
    assert errors.count("\n") == 1


def test_two_jobs_make_the_film_that_one_makes(make_clip: MakeClip) -> None:
    source = make_clip(frames=200, options={"g": "20"})
    one, two = source.with_name("one.mp4"), source.with_name("two.mp4")

    run(source, one, "--resume", "--piece", "1", *EXACTLY)
    run(source, two, "--resume", "--piece", "1", *EXACTLY, "--jobs", "2")

    assert frames_of(two) == frames_of(one)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("clip.mp4", "out/", "--resume"), "goes with a video file as SINK"),
        (("test:rain", "o.mp4", "--resume"), "--resume goes with films, not test:rain"),
        (("clip.mp4", "o.mp4", "--container", "mkv"), "goes with a folder of films"),
        (("clip.mp4", "o.mp4", "--start", "soon"), "--start must be like 90"),
        (("clip.mp4", "o.mp4", "--preview", "--start", "3"), "by itself"),
        ((".", "o.mp4"), "goes into a folder/, not o.mp4"),
        (("clip.mp4", "o.mp4", "--resume", "--max-frames", "3"), "see --duration"),
        (("clip.mp4", "clip.mp4", "--resume"), "source and output are the same"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    make_clip: MakeClip,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    source = make_clip(frames=40, options={"g": "20"})
    monkeypatch.chdir(source.parent)

    status, errors = run(*arguments)

    assert status == 1
    assert said in errors
    assert errors.count("\n") == 1
