import json
from pathlib import Path

import pytest

from streamer.errors import StreamerError
from streamer.library.film import Film
from streamer.library.jobs import Stop
from streamer.library.library import films_of
from streamer.library.piece.derain import derain_piece
from streamer.library.state.status import status_of
from tests.conftest import MakeClip
from tests.support.runs.pieces import Opening, a_work, make


@pytest.mark.slow
def test_the_status_of_a_folder_is_read_from_its_manifests(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    make_clip("in-a.mp4", frames=100, options={"g": "20"})
    make_clip("in-b.mp4", frames=100, options={"g": "20"})
    first, second = films_of(f"{tmp_path}/in-*.mp4", output, a_work())
    output.mkdir()
    make([first])
    one_piece_of(second)
    failure = {"source": "x", "output": str(output / "x.mp4"), "cause": "broken"}
    (output / "failed.jsonl").write_text(json.dumps(failure) + "\n")

    states = {film.name: film.state for film in status_of(output)}

    assert states == {
        "in-a.mp4": "done",
        "in-b.mp4": f"1 of {second.count} pieces",
        "x.mp4": "failed: broken",
    }


def one_piece_of(film: Film) -> None:
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None
    film.take(derain_piece(job, Opening(), stop=Stop()))


def test_a_folder_where_nothing_was_begun_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StreamerError, match="nothing was begun here"):
        status_of(tmp_path)


def test_a_torn_line_of_failures_is_told_and_the_rest_is_shown(tmp_path: Path) -> None:
    (tmp_path / ".derain").mkdir()
    failure = {"source": "a", "output": f"{tmp_path}/b.mp4", "cause": "no video"}
    whole = json.dumps(failure)
    (tmp_path / "failed.jsonl").write_text(f"{whole}\n{whole[:-9]}")

    states = {film.name: film.state for film in status_of(tmp_path)}

    assert states["b.mp4"] == "failed: no video"
    assert "damaged" in states["failed.jsonl"]
