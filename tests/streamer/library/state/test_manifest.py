import json
from dataclasses import replace
from pathlib import Path

import pytest

from sources.files.part import Span
from streamer.errors import StreamerError
from streamer.library.plan import Plan
from streamer.library.state.identity import SourceIdentity
from streamer.library.state.manifest import (
    FilmDone,
    FilmRecord,
    Manifest,
    PieceRecord,
    read_manifest,
)

FILM = FilmRecord(
    source="a.mp4",
    identity=SourceIdentity(5, 7, "abc"),
    recipe={"model": "mspfn-lite", "start": None},
    plan=Plan(
        spans=(
            Span(start_at=0, first=0, end=40),
            Span(start_at=30, first=40, end=None, before=2),
        ),
        frames=(4, 5),
        problem="it ends early",
    ),
)
PIECE = PieceRecord(
    number=1,
    file="00001.mp4",
    bytes=99,
    sha256="def",
    frames=5,
    first_pts=40,
    last_pts=80,
    end_pts=90,
    times_sha256="123",
    form="64x48",
    seconds=1.5,
    notes=("one", "two"),
    gate=(True, 3, 8),
)
DONE = FilmDone(
    file="o.mp4", bytes=300, frames=9, audio_packets=4, seconds=2.5, notes=("n",)
)


def written(path: Path) -> Manifest:
    manifest = Manifest(path)
    manifest.begin(FILM)
    manifest.add(PIECE)
    manifest.add(replace(PIECE, number=0, gate=None))
    manifest.finish(DONE)
    return manifest


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "o.jsonl"

    before = written(path)

    assert read_manifest(path) == before
    assert before.whole_bytes == path.stat().st_size


def test_where_none_is_nothing_was_begun(tmp_path: Path) -> None:
    found = read_manifest(tmp_path / "none.jsonl")

    assert (found.film, found.pieces, found.done) == (None, {}, None)


@pytest.mark.parametrize("left", [0, 1, 20])
def test_a_torn_line_is_taken_off_and_the_next_is_written_in_its_place(
    tmp_path: Path, left: int
) -> None:
    path = tmp_path / "o.jsonl"
    written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:left])

    manifest = read_manifest(path)
    assert sorted(manifest.pieces) == [0, 1]
    assert manifest.done is None
    manifest.finish(DONE)

    assert path.read_bytes() == b"".join(lines)


def test_a_last_line_of_zeros_is_torn_too(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + bytes(30) + b"\n")

    assert read_manifest(path).whole_bytes == sum(map(len, lines[:-1]))


def test_damage_in_the_middle_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b'{"kind": "piece"}\n', *lines[2:]]))

    with pytest.raises(StreamerError, match=r"o\.jsonl: line 2 is damaged; --restart"):
        read_manifest(path)


def test_a_manifest_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    written(path)
    first, *rest = path.read_text().splitlines()
    newer = json.dumps({**json.loads(first), "format": 99})
    path.write_text("\n".join([newer, *rest]) + "\n")

    with pytest.raises(StreamerError, match="is of another version of derain"):
        read_manifest(path)


def test_to_begin_anew_forgets_what_was_there(tmp_path: Path) -> None:
    manifest = written(tmp_path / "o.jsonl")

    manifest.begin(FILM)

    assert read_manifest(manifest.path) == manifest
    assert (manifest.pieces, manifest.done) == ({}, None)


def test_a_manifest_without_a_place_is_one_line_with_its_cause(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StreamerError, match=r"file/o\.jsonl: ") as refused:
        Manifest(tmp_path / "file" / "o.jsonl").begin(FILM)

    assert isinstance(refused.value.__cause__, OSError)
