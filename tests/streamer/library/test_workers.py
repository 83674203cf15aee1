"""How pieces are shared out, and what becomes of a film that fails."""

from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path

import pytest

from streamer.library.film import Film
from streamer.library.jobs import Interrupted, PieceJob, Stop
from streamer.library.library import film_of
from streamer.library.state.manifest import PieceRecord
from streamer.library.workers import (
    DONE,
    FAILED,
    WORKING,
    FatalError,
    FilmProgress,
    Workers,
)
from tests.conftest import MakeClip
from tests.support.runs.pieces import a_work, make


class Failing:
    """A maker that fails at every piece."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def __call__(
        self, job: PieceJob, *, stop: Stop, on_frame: Callable[[int], None]
    ) -> PieceRecord:
        self.asked += 1
        raise self.error


def films(make_clip: MakeClip, count: int = 2) -> list[Film]:
    source = make_clip(frames=3)
    names = [source.with_name(f"{number}.mkv") for number in range(count)]
    return [film_of(source, name, a_work()) for name in names]


def run(wanted: list[Film], maker: Failing) -> Workers:
    workers = Workers(wanted, wanted[0].work.recipe(), stop=Stop())
    workers.run([maker])
    return workers


def test_a_film_that_fails_stops_no_other(make_clip: MakeClip, tmp_path: Path) -> None:
    good = films(make_clip, 1)
    bad = film_of(tmp_path / "none.mp4", tmp_path / "o.mkv", a_work())

    workers = make([bad, *good])

    assert [progress.state for progress in workers.films] == [FAILED, DONE]
    assert "there is no such file" in str(workers.films[0].error)
    assert good[0].output.exists()


def test_an_error_of_one_piece_is_that_films_alone(make_clip: MakeClip) -> None:
    maker = Failing(ValueError("broken"))

    workers = run(films(make_clip), maker)

    assert [progress.state for progress in workers.films] == [FAILED, FAILED]
    assert maker.asked == 2


@pytest.mark.parametrize("error", [FatalError("no network"), OSError(ENOSPC, "full")])
def test_what_would_come_to_every_film_ends_the_work_at_once(
    make_clip: MakeClip, error: Exception
) -> None:
    maker = Failing(error)

    with pytest.raises(type(error)):
        run(films(make_clip), maker)

    assert maker.asked == 1


def test_a_piece_that_was_given_up_is_no_failure(make_clip: MakeClip) -> None:
    stop = Stop()

    class Stopping(Failing):
        def __call__(
            self, job: PieceJob, *, stop: Stop, on_frame: Callable[[int], None]
        ) -> PieceRecord:
            stop.stop()
            return super().__call__(job, stop=stop, on_frame=on_frame)

    wanted = films(make_clip)
    workers = Workers(wanted, wanted[0].work.recipe(), stop=stop)
    workers.run([Stopping(Interrupted())])

    assert [progress.error for progress in workers.films] == [None, None]
    assert FAILED not in {progress.state for progress in workers.films}


def test_the_state_of_a_film_is_told_when_it_changes(make_clip: MakeClip) -> None:
    [film] = films(make_clip, 1)
    told: list[str] = []
    workers = Workers(
        [film],
        film.work.recipe(),
        stop=Stop(),
        on_change=lambda progress: told.append(progress.state),
    )

    workers.run([Failing(ValueError("broken"))])

    assert told == [WORKING, FAILED]


def test_the_time_left_is_told_while_a_film_is_worked_on(make_clip: MakeClip) -> None:
    [film] = films(make_clip, 1)
    progress = FilmProgress(film)
    assert (progress.frames_expected, progress.fps(1), progress.seconds_left(1)) == (
        0,
        0.0,
        None,
    )

    film.prepare(film.work.recipe())
    progress.begun_ns, progress.state = 1, WORKING
    film.frames_running[0] = 2

    now_ns = 4_000_000_001
    assert (progress.frames, progress.frames_expected) == (2, 3)
    assert progress.fps(now_ns) == pytest.approx(0.5)
    assert progress.seconds_left(now_ns) == pytest.approx(2.0)
    progress.frames_before = 1
    assert progress.fps(now_ns) == pytest.approx(0.25)
    progress.ended_ns = 1_000_000_001
    assert progress.fps(now_ns) == pytest.approx(1.0)
