"""The real program where an earlier run was: what happened between the two."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Clip, MakeClip, write_clip
from tests.support.runs.film_program import (
    EXACTLY,
    killed_after,
    manifest_of,
    pieces_of,
    run,
    under_way,
)
from tests.support.runs.pieces import frames_of

pytestmark = pytest.mark.slow

HOW = ("--resume", "--piece", "1", *EXACTLY)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "clip.mp4"
    return write_clip(path, Clip(frames=120, options={"g": "20"}))


@pytest.fixture(scope="module")
def calm(source: Path) -> Path:
    """The film of a run that nothing disturbed."""
    output = source.with_name("calm.mp4")
    assert run(source, output, *HOW)[0] == 0
    return output


def set_the_clock_back(output: Path) -> None:
    """All that the earlier run has written seems to be of the year 2096."""
    for path in [manifest_of(output), *pieces_of(output).iterdir()]:
        os.utime(path, (4_000_000_000, 4_000_000_000))


def tear_the_manifest(output: Path) -> None:
    lines = manifest_of(output).read_bytes()
    manifest_of(output).write_bytes(lines[:-40])


def lose_a_piece(output: Path) -> None:
    (pieces_of(output) / "00000.mp4").unlink()


def cut_a_piece_off(output: Path) -> None:
    piece = pieces_of(output) / "00000.mp4"
    piece.write_bytes(piece.read_bytes()[:-1])


@pytest.mark.parametrize(
    "happening", [set_the_clock_back, tear_the_manifest, lose_a_piece, cut_a_piece_off]
)
def test_killed_and_resumed_the_film_is_the_undisturbed_one_whatever_happened_between(
    source: Path, calm: Path, tmp_path: Path, happening: Callable[[Path], None]
) -> None:
    output = tmp_path / "o.mp4"
    killed_after(1, output, source, output, *HOW)

    happening(output)
    status, errors = run(source, output, *HOW)

    assert status == 0, errors
    assert frames_of(output) == frames_of(calm)
    for line in manifest_of(output).read_text().splitlines():
        json.loads(line)


def test_a_piece_that_is_damaged_is_named_and_nothing_is_joined(
    source: Path, calm: Path, tmp_path: Path
) -> None:
    output = tmp_path / "o.mp4"
    killed_after(1, output, source, output, *HOW)
    piece = pieces_of(output) / "00000.mp4"
    data = bytearray(piece.read_bytes())
    data[len(data) // 2] ^= 255
    piece.write_bytes(data)

    status, errors = run(source, output, *HOW)

    assert status == 1
    assert errors.endswith(f"{piece}: the piece is not what was stored there\n")
    assert not output.exists()
    piece.unlink()
    assert run(source, output, *HOW)[0] == 0
    assert frames_of(output) == frames_of(calm)


def test_a_piece_that_cannot_get_its_name_is_one_line_and_the_next_run_goes_on(
    source: Path, calm: Path, tmp_path: Path
) -> None:
    output = tmp_path / "o.mp4"
    in_the_way = pieces_of(output) / "00001.mp4"
    in_the_way.mkdir(parents=True)

    status, errors = run(source, output, *HOW, "--quiet")
    in_the_way.rmdir()
    later = run(source, output, *HOW)

    assert (status, errors.count("\n")) == (1, 1)
    assert "00001." in errors
    assert "Is a directory" in errors
    assert later[0] == 0, later[1]
    assert frames_of(output) == frames_of(calm)


def test_an_output_that_was_deleted_is_made_again_even_with_other_settings(
    source: Path, calm: Path, tmp_path: Path
) -> None:
    output = tmp_path / "o.mp4"
    assert run(source, output, "--resume", "--piece", "2", *EXACTLY)[0] == 0
    refused = run(source, output, *HOW)
    output.unlink()

    status, errors = run(source, output, *HOW)

    assert refused[0] == 1
    assert "was begun otherwise: piece was 2 and is 1; --restart begins" in refused[1]
    assert status == 0, errors
    assert frames_of(output) == frames_of(calm)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--crf", "9"), "quality was 0 and is 9"),
        (("--model", "mspfn-tiny"), "weights was"),
    ],
)
def test_other_settings_or_weights_are_refused_in_one_line(
    source: Path, calm: Path, changed: tuple[str, str], said: str
) -> None:
    before = calm.stat().st_mtime_ns

    status, errors = run(source, calm, *HOW, *changed)

    assert (status, errors.count("\n")) == (1, 1)
    assert f"calm.mp4 was begun otherwise: {said}" in errors
    assert calm.stat().st_mtime_ns == before


def of_another_version(output: Path) -> None:
    """Rewrites a film's manifest as an older version would have left it."""
    head, *rest = manifest_of(output).read_text().splitlines(keepends=True)
    values = json.loads(head)
    values["recipe"]["version"] = "0.0.1"
    del values["recipe"]["tile"]
    manifest_of(output).write_text(f"{json.dumps(values)}\n{''.join(rest)}")


def test_a_library_of_an_older_version_is_skipped_where_it_is_complete(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    make_clip("in-a.mp4", frames=10)
    make_clip("in-b.mp4", frames=120, options={"g": "20"})
    output = tmp_path / "out"
    how = (tmp_path / "in-*.mp4", output, "--piece", "1", *EXACTLY)
    killed_after(1, output / "in-b.mp4", *how)
    for name in ("in-a.mp4", "in-b.mp4"):
        of_another_version(output / name)

    status, errors = run(*how)
    shutil.rmtree(pieces_of(output / "in-b.mp4"))
    later = run(*how)

    assert status == 1
    assert "in-b.mp4 was begun otherwise: version was 0.0.1 and is " in errors
    assert "1 of 2 films are complete; 1 failed" in errors
    assert later[0] == 0, later[1]
    assert later[1].count("complete ") == 1  # in-a.mp4 is skipped each time
    assert len(frames_of(output / "in-b.mp4")) == 120


def test_a_film_whose_engine_is_not_here_fails_and_the_others_are_made(
    source: Path, tmp_path: Path
) -> None:
    library, output = tmp_path / "in", tmp_path / "out"
    library.mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy2(source, library / name)
    killed_after(1, output / "a.mp4", library / "a.mp4", output / "a.mp4", *HOW)
    manifest = manifest_of(output / "a.mp4")
    head, *pieces = map(json.loads, manifest.read_text().splitlines())
    for piece in pieces:
        piece["engine"]["runtime"] = "torch 0.1"
    manifest.write_text("".join(f"{json.dumps(v)}\n" for v in (head, *pieces)))

    status, errors = run(library, output, "--piece", "1", *EXACTLY)

    assert status == 1
    assert "was begun with torch 0.1 on cpu" in errors
    assert "its runtime was torch 0.1 and is torch" in errors
    assert "1 of 2 films are complete; 1 failed" in errors
    assert (output / "b.mp4").exists()


def test_a_source_that_is_written_to_meanwhile_fails_and_the_others_are_made(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    growing = make_clip("in-a.mkv", frames=120, options={"g": "20"})
    make_clip("in-b.mkv", frames=20, options={"g": "20"})
    pattern, output = tmp_path / "in-*.mkv", tmp_path / "out"

    with under_way(pattern, output, "--piece", "1", pictures=30) as process:
        with growing.open("ab") as file:
            file.write(b"more of it")
        _, errors = process.communicate(timeout=120)
        status = process.returncode

    assert status == 1
    assert "in-a.mkv was written to while it was worked on: its size was" in errors
    assert "1 of 2 films are complete; 1 failed" in errors
    assert len(frames_of(output / "in-b.mkv")) == 20
