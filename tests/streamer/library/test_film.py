import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from model.whole_file import to_disk
from streamer.errors import StreamerError
from streamer.library.library import film_of
from streamer.library.options import LibraryOptions
from streamer.library.state import disk
from streamer.library.state.manifest import read_manifest
from streamer.library.work import Work
from streamer.library.workers import DONE
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip
from tests.support.runs.pieces import (
    LOSSLESS,
    a_work,
    anew,
    failure_of,
    frames_of,
    make,
    make_pieces_only,
)

pytestmark = pytest.mark.slow


def test_what_is_done_is_not_done_again(make_clip: MakeClip) -> None:
    source = make_clip(frames=100, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    make([film])
    before = film.output.stat().st_mtime_ns

    [progress] = make([anew(film)]).films

    assert (progress.state, progress.skipped) == (DONE, True)
    assert film.output.stat().st_mtime_ns == before


def test_an_output_without_a_manifest_is_written_over_only_if_told(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=40, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    film.output.write_text("holidays")

    for options in (LibraryOptions(piece=1), LibraryOptions(piece=1, restart=True)):
        error = failure_of(anew(film, a_work(options=options)))
        assert "o.mp4 exists already and was not made by" in str(error)
        assert film.output.read_text() == "holidays"
    make([anew(film, replace(film.work, overwrite=True))])

    assert len(frames_of(film.output)) == 40


def test_a_manifest_whose_last_line_is_torn_costs_that_piece_only(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=100, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None
    make([anew(film)])
    expected = frames_of(film.output)
    lines = film.manifest.path.read_bytes().splitlines(keepends=True)
    film.output.unlink()
    torn = b"".join(lines[:2]) + lines[2][:40]
    film.manifest.path.write_bytes(torn)

    assert sorted(read_manifest(film.manifest.path).pieces) == [0]
    make([anew(film)])

    assert frames_of(film.output) == expected
    for line in film.manifest.path.read_text().splitlines():
        json.loads(line)


def test_a_source_that_changed_is_refused_in_one_line_and_begun_anew_if_told(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    make([film])
    make_clip(frames=80, options={"g": "20"})

    error = failure_of(anew(film))
    restart = a_work(options=LibraryOptions(piece=1, restart=True))
    make([anew(film, restart)])

    assert "is not the file that was begun: its size was" in str(error)
    assert len(frames_of(film.output)) == 80


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (a_work(NetworkOptions(gate="off", temporal="causal")), "temporal was off"),
        (a_work(NetworkOptions(gate="off", model="mspfn-large")), "weights was"),
        (a_work(encode=replace(a_work().encode, quality=9)), "quality was 0 and is 9"),
    ],
)
def test_other_settings_or_weights_are_refused_by_name(
    make_clip: MakeClip, changed: Work, said: str
) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    make([film])

    error = failure_of(anew(film, changed))

    assert said in str(error)
    assert "--restart begins anew" in str(error)


def test_a_clock_that_was_set_back_changes_nothing(make_clip: MakeClip) -> None:
    source = make_clip(frames=100, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    make([film])
    for path in (film.output, film.manifest.path):
        os.utime(path, (4_000_000_000, 4_000_000_000))  # the year 2096

    [progress] = make([anew(film)]).films

    assert progress.skipped


def test_a_piece_that_was_spoilt_on_the_disk_is_noticed_before_the_film_is_joined(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=100, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    recipe = film.work.recipe()
    film.prepare(recipe)
    make_pieces_only(film)
    piece = film.folder / "00001.mp4"
    data = bytearray(piece.read_bytes())
    data[len(data) // 2] ^= 255
    piece.write_bytes(data)

    error = failure_of(anew(film))

    assert "00001.mp4: the piece is not what was stored there" in str(error)
    assert piece.exists()


def test_a_source_that_grows_while_it_is_worked_on_becomes_no_film(
    make_clip: MakeClip,
) -> None:
    source = make_clip("g.mkv", frames=60, options={"g": "20"})
    film = film_of(source, source.with_name("o.mkv"), a_work())
    film.prepare(film.work.recipe())
    make_pieces_only(film)
    with source.open("ab") as file:
        file.write(b"more of it")

    with pytest.raises(StreamerError, match="written to while it was worked on: its s"):
        film.complete()
    assert not film.output.exists()
    assert not film.folder.exists()
    again = anew(film)
    make([again])

    assert again.done is not None
    assert len(frames_of(film.output)) == 60


def test_where_no_piece_is_done_another_source_or_setting_is_just_begun(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=40, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    film.prepare(film.work.recipe())
    make_clip(frames=60, options={"g": "20"})

    make([anew(film, a_work(encode=replace(LOSSLESS, preset="fast")))])

    assert len(frames_of(film.output)) == 60


def test_a_film_that_was_cut_short_is_begun_anew_once_it_is_longer(
    make_clip: MakeClip,
) -> None:
    source = make_clip("g.mkv", frames=60, options={"g": "20"})
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) * 6 // 10])
    film = film_of(source, source.with_name("o.mkv"), a_work())
    make([film])
    assert film.done is not None
    assert "cut short" in film.done.problem
    source.write_bytes(whole)

    again = anew(film)
    make([again])

    assert again.done is not None
    assert (again.done.frames, again.done.problem) == (60, "")


def test_a_source_that_was_only_touched_keeps_its_pieces(make_clip: MakeClip) -> None:
    source = make_clip("g.mkv", frames=60, options={"g": "20"})
    film = film_of(source, source.with_name("o.mkv"), a_work())
    before = source.stat()
    film.prepare(film.work.recipe())
    make_pieces_only(film)
    os.utime(source, (1, 1))

    with pytest.raises(StreamerError, match=r"its mtime_ns was .*--restart begins"):
        film.complete()
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    make([anew(film)])

    assert len(frames_of(film.output)) == 60


def test_pieces_that_a_kill_left_beside_a_film_that_is_done_are_cleared_away(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    make([film])
    film.folder.mkdir()
    (film.folder / "00000.mp4").write_bytes(b"a piece")
    (film.folder / "notes.txt").write_text("not ours")

    [progress] = make([anew(film)]).films

    assert progress.skipped
    assert [path.name for path in film.folder.iterdir()] == ["notes.txt"]


def test_a_disk_without_names_to_sync_keeps_pieces_all_the_same(
    make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    monkeypatch.setattr(disk, "to_disk", files_only(to_disk))

    [progress] = make([film]).films

    assert progress.error is None
    assert len(frames_of(film.output)) == 60


def files_only(real: Callable[[Path], None]) -> Callable[[Path], None]:
    def sync(path: Path) -> None:
        if path.is_dir():
            raise OSError(errno.EINVAL, "Invalid argument")
        real(path)

    return sync


def test_a_name_that_cannot_be_given_is_one_line_and_the_next_run_goes_on(
    make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())

    def stale(_path: Path, _target: Path) -> Path:
        raise OSError(errno.ESTALE, "Stale file handle")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stale)
        error = failure_of(film)
    make([anew(film)])

    assert "Stale file handle" in str(error)
    assert "\n" not in str(error)
    assert len(frames_of(film.output)) == 60


def test_a_name_as_long_as_a_file_can_have_is_a_film(make_clip: MakeClip) -> None:
    name = "é" * 125 + ".mkv"
    source = make_clip("short.mkv", frames=10)
    film = film_of(source, source.with_name(name), a_work())

    [progress] = make([film]).films

    assert progress.error is None
    assert [p.film.done for p in make([anew(film)]).films] == [film.done]
