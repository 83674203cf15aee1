from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streamer.errors import StreamerError
from streamer.library.plan import Plan
from streamer.library.state.earlier import (
    forget_what_is_gone,
    refuse_changed,
    refuse_foreign,
    refuse_other,
    refuse_same,
)
from streamer.library.state.identity import identity_of
from streamer.library.state.manifest import FilmDone, FilmRecord, Manifest, PieceRecord
from streamer.library.work import DEFAULT_SETTINGS

RECIPE = {"model": "mspfn-lite", "gate": "off"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film")
    return path


def begun(source: Path) -> FilmRecord:
    return FilmRecord(
        source=str(source),
        identity=identity_of(source),
        recipe=RECIPE,
        plan=Plan(spans=(), frames=(3,)),
    )


def a_piece(number: int, size: int) -> PieceRecord:
    return PieceRecord(
        number=number,
        file=f"{number:05d}.mp4" if size else "",
        bytes=size,
        sha256="",
        frames=1,
        first_pts=0,
        last_pts=0,
        end_pts=0,
        times_sha256="",
        form="",
        seconds=0.0,
    )


def test_a_film_is_not_written_over_its_source_by_any_of_its_names(
    source: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.mp4"
    link.symlink_to(source)

    for output in (source, link):
        with pytest.raises(StreamerError, match="source and output are the same"):
            refuse_same(source, output)
    refuse_same(source, tmp_path / "new.mp4")


def test_a_file_that_was_there_before_is_not_ours(source: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "film.jsonl"

    with pytest.raises(StreamerError, match="was not made by an earlier run here; -y"):
        refuse_foreign(source, manifest)
    manifest.touch()
    refuse_foreign(source, manifest)
    refuse_foreign(tmp_path / "new.mp4", tmp_path / "none.jsonl")


def done(size: int) -> FilmDone:
    return FilmDone(file="film.mp4", bytes=size, frames=3, audio_packets=0, seconds=1.0)


def test_the_first_difference_of_source_or_recipe_is_named(source: Path) -> None:
    output, identity = Path("o.mp4"), identity_of(source)
    before = Manifest(Path("o.jsonl"), begun(source))

    refuse_other(before, source, output, identity, dict(RECIPE))
    with pytest.raises(StreamerError, match="not the file that was begun: its size wa"):
        refuse_other(before, source, output, replace(identity, size=9), RECIPE)
    with pytest.raises(StreamerError, match=r"o\.mp4 was begun otherwise: gate was o"):
        refuse_other(before, source, output, identity, {**RECIPE, "gate": "auto"})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weights": "cd"}, "weights was ab and is cd"),
        ({"temporal": "causal"}, "temporal was off and is causal"),
        ({"piece": 30}, "piece was 60 and is 30"),  # was not known: the default
    ],
)
def test_only_a_complete_film_may_be_of_another_version_with_other_options(
    source: Path, changed: dict[str, Any], said: str
) -> None:
    output, identity = Path("o.mp4"), identity_of(source)
    now = {"version": "2", "weights": "ab", **DEFAULT_SETTINGS}
    then = {**now, "version": "1", "gone": "option"}
    del then["piece"]
    film = replace(begun(source), recipe=then)
    complete = Manifest(Path("o.jsonl"), film, done=done(4))

    refuse_other(complete, source, output, identity, now)
    with pytest.raises(StreamerError, match=said):
        refuse_other(complete, source, output, identity, {**now, **changed})
    with pytest.raises(StreamerError, match="begun otherwise: version was 1 and is 2"):
        refuse_other(Manifest(Path("o.jsonl"), film), source, output, identity, now)


def test_only_a_complete_film_may_be_of_another_temporal_step(source: Path) -> None:
    output, identity = Path("o.mp4"), identity_of(source)
    then = {**RECIPE, "version": "1", "weights": "ab"} | DEFAULT_SETTINGS
    now = {**then, "fusion": "cd"}
    film = replace(begun(source), recipe=then)

    refuse_other(
        Manifest(Path("o.jsonl"), film, done=done(4)), source, output, identity, now
    )
    with pytest.raises(StreamerError, match="fusion was None and is cd"):
        refuse_other(Manifest(Path("o.jsonl"), film), source, output, identity, now)


def test_a_source_that_is_written_to_meanwhile_is_named(source: Path) -> None:
    before = begun(source)
    refuse_changed(before, source)

    source.write_bytes(b"film and more")

    with pytest.raises(StreamerError, match="worked on: its size was 4 and is 13"):
        refuse_changed(before, source)


def test_pieces_that_are_gone_or_cut_off_are_not_done(tmp_path: Path) -> None:
    (tmp_path / "00000.mp4").write_bytes(b"1234")
    (tmp_path / "00001.mp4").write_bytes(b"12")
    pieces = {n: a_piece(n, size) for n, size in enumerate((4, 4, 4, 0))}
    manifest = Manifest(tmp_path / "film.jsonl", pieces=pieces)

    forget_what_is_gone(manifest, tmp_path / "o.mp4", tmp_path)

    assert sorted(manifest.pieces) == [0, 3]  # of the last no frame could be decoded


@pytest.mark.parametrize(("size", "kept"), [(4, True), (3, False)])
def test_a_film_that_was_cut_off_is_not_done(
    source: Path, tmp_path: Path, size: int, kept: bool
) -> None:
    pieces = {0: a_piece(0, 4)}
    manifest = Manifest(tmp_path / "film.jsonl", pieces=pieces, done=done(size))

    forget_what_is_gone(manifest, source, tmp_path)

    assert (manifest.done is not None) == kept
    assert (0 in manifest.pieces) == kept  # of a complete film they may be deleted
