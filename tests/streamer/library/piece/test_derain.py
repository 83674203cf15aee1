"""One piece, as a worker makes it; whole films are in `test_film.py`."""

from pathlib import Path

import pytest

from model.backends.autotune import hardware_name
from streamer.library.jobs import Interrupted, PieceJob, Stop
from streamer.library.library import film_of
from streamer.library.piece.derain import derain_piece, made_by
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at
from tests.support.runs.pieces import Opening, a_work


def jobs_of(source: Path, options: NetworkOptions | None = None) -> list[PieceJob]:
    film = film_of(source, source.with_name("o.mkv"), a_work(options))
    film.prepare(film.work.recipe())
    found = [film.next_job() for _ in range(film.count)]
    return [job for job in found if job is not None]


def test_a_piece_is_on_the_disk_and_noted(make_clip: MakeClip) -> None:
    _, second, *_ = jobs_of(make_clip(frames=100, options={"g": "20"}))
    seen: list[int] = []

    record = derain_piece(second, PassThrough(), stop=Stop(), on_frame=seen.append)

    assert (record.number, record.made_by) == (1, made_by(PassThrough()))
    assert 0 < record.frames < 100
    assert len(look_at(second.folder / record.file).times) == record.frames
    assert seen == list(range(1, record.frames + 1))
    assert (record.gate, record.lumas) == (None, "")


def test_a_piece_of_a_gated_film_says_where_its_gate_stands(
    make_clip: MakeClip,
) -> None:
    first, *_ = jobs_of(
        make_clip(frames=100, options={"g": "20"}), NetworkOptions(temporal="causal")
    )

    record = derain_piece(first, Opening(), stop=Stop())

    assert record.gate is not None
    assert (first.folder / record.lumas).is_file()


def test_a_piece_that_was_stopped_leaves_nothing_half_written(
    make_clip: MakeClip,
) -> None:
    first, *_ = jobs_of(make_clip(frames=100, options={"g": "20"}))
    stop = Stop()

    with pytest.raises(Interrupted):
        derain_piece(first, PassThrough(), stop=stop, on_frame=lambda _: stop.stop())

    assert list(first.folder.iterdir()) == []


def test_what_computed_is_said_in_one_line() -> None:
    processor = hardware_name("cpu")

    assert made_by(PassThrough()) == f"pass-through on cpu (fake, exact), {processor}"
