import json
from pathlib import Path

import pytest

from sources.errors import SourceError
from streamer.cli.library.run import works_in_pieces
from streamer.errors import StreamerError
from streamer.library.library import films_of, is_library, note_failures
from streamer.library.options import LibraryOptions
from streamer.library.workers import FAILED, FilmProgress
from tests.support.runs.pieces import a_work

DEEP = a_work(options=LibraryOptions(recursive=True))


def put(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names_of(source: Path | str, output: Path, **options: object) -> list[str]:
    work = a_work(options=LibraryOptions(**options))  # type: ignore[arg-type] # a test names them
    films = films_of(str(source), output, work)
    return [str(film.output.relative_to(output)) for film in films]


def test_films_keep_their_names_and_the_tree(tmp_path: Path) -> None:
    put(*(tmp_path / name for name in ("b.MP4", "a.mkv", "sub/c.mov", "notes.txt")))
    put(tmp_path / ".hidden" / "d.mp4", tmp_path / ".e.mp4")

    assert names_of(tmp_path, tmp_path / "out") == ["a.mkv", "b.mp4"]
    deep = names_of(tmp_path, tmp_path / "out", recursive=True)
    assert deep == ["a.mkv", "b.mp4", "sub/c.mov"]


def test_containers_that_are_only_read_become_matroska_or_what_is_asked_for(
    tmp_path: Path,
) -> None:
    put(tmp_path / "a.ts", tmp_path / "b.avi")

    assert names_of(tmp_path, tmp_path / "out") == ["a.mkv", "b.mkv"]
    assert names_of(tmp_path, tmp_path / "out", container="mp4") == ["a.mp4", "b.mp4"]


def test_a_pattern_names_films_and_keeps_the_tree_below_it(tmp_path: Path) -> None:
    put(*(tmp_path / name for name in ("x/a.mp4", "y/b.mp4", "y/c.mkv", "d.mp4")))

    assert names_of(f"{tmp_path}/*/*.mp4", tmp_path / "o") == ["x/a.mp4", "y/b.mp4"]
    assert is_library(f"{tmp_path}/*.mp4")


def test_what_was_made_is_not_made_again_where_the_output_lies_in_the_library(
    tmp_path: Path,
) -> None:
    put(tmp_path / "a.mp4", tmp_path / "out" / "a.mp4")

    assert names_of(tmp_path, tmp_path / "out", recursive=True) == ["a.mp4"]


def test_the_output_is_known_in_the_library_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(*(tmp_path / "films" / name for name in ("a.mp4", "sub/b.mp4", "clean/a.mp4")))
    (tmp_path / "way").symlink_to(tmp_path / "films")
    monkeypatch.chdir(tmp_path / "films")

    for output in ("clean", "../films/clean", tmp_path / "way" / "clean"):
        films = films_of(str(tmp_path / "films"), Path(output), DEEP)
        assert [film.shown for film in films] == ["a.mp4", "sub/b.mp4"]


def test_films_that_would_become_one_file_each_name_the_other(tmp_path: Path) -> None:
    put(*(tmp_path / name for name in ("a.ts", "a.avi", "a.mkv", "b.mp4")))

    films = films_of(str(tmp_path), tmp_path / "out", a_work())

    twins = {film.source.name: film.twin and film.twin.name for film in films}
    assert twins == {"a.avi": "a.mkv", "a.mkv": "a.avi", "a.ts": "a.avi", "b.mp4": None}
    with pytest.raises(StreamerError, match=r"a\.ts and .*a\.avi would both become"):
        films[2].refuse_twin()
    films[3].refuse_twin()


def test_a_folder_without_films_is_no_library(tmp_path: Path) -> None:
    put(tmp_path / "a.txt")

    assert not is_library(str(tmp_path))
    with pytest.raises(SourceError, match="holds no film; --recursive looks"):
        names_of(tmp_path, tmp_path / "out")


def test_a_pattern_that_no_film_has_is_one_line_and_takes_no_recursive(
    tmp_path: Path,
) -> None:
    put(tmp_path / "a.mp4", tmp_path / "sub" / "b.mp4")
    deep = f"{tmp_path}/**/*.mp4"

    with pytest.raises(SourceError, match=r"no film matches .*\.mov; \*\* in it looks"):
        films_of(f"{tmp_path}/*.mov", tmp_path / "out", a_work())
    with pytest.raises(StreamerError, match="--recursive goes with a folder; "):
        works_in_pieces(deep, "out", {"recursive": True})
    films = films_of(deep, tmp_path / "out", a_work())
    assert [film.shown for film in films] == ["a.mp4", "sub/b.mp4"]


def test_failures_are_a_line_of_json_each_and_go_with_the_next_run(
    tmp_path: Path,
) -> None:
    put(tmp_path / "a.mp4", tmp_path / "b.mp4")
    one, two = map(FilmProgress, films_of(str(tmp_path), tmp_path / "out", DEEP))
    (tmp_path / "out").mkdir()
    one.state, one.error = FAILED, ValueError("it\nbroke")

    assert note_failures(tmp_path / "out", [one, two]) == 1
    [line] = (tmp_path / "out" / "failed.jsonl").read_text().splitlines()
    assert json.loads(line)["cause"] == "it broke"
    one.error = None
    assert note_failures(tmp_path / "out", [one, two]) == 0
    assert not (tmp_path / "out" / "failed.jsonl").exists()
