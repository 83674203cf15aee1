"""Makes the pieces of many films, several at once; one film that fails stops no other.

Each worker is a thread that makes one piece after the other, here or elsewhere. The
worker that makes the last piece of a film joins it.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any, Protocol

from streamer.library.film import Film
from streamer.library.jobs import Interrupted, PieceJob, Stop
from streamer.library.state.disk import lies_with_the_disk
from streamer.library.state.engine import EngineError
from streamer.library.state.lock import locked
from streamer.library.state.manifest import PieceRecord

WAITING, PLANNING, WORKING = "waiting", "planning", "working"
JOINING, DONE, FAILED = "joining", "done", "failed"
_LOG = logging.getLogger("derain.library")
_OVER = frozenset({DONE, FAILED})


class Maker(Protocol):
    """Makes pieces, one at a time; each worker has one."""

    def __call__(
        self, job: PieceJob, *, stop: Stop, on_frame: Callable[[int], None]
    ) -> PieceRecord:
        """Returns when the piece is safe on the disk.

        Raises:
            Interrupted: The run was told to stop.
            EngineError: Its film was begun with what this maker does not have.
            FatalError: No other piece can be made either.
        """


class FatalError(Exception):
    """No piece of any film can be made; its cause says why."""


@dataclass(slots=True)
class FilmProgress:
    """How far one film is; read by any thread, for showing."""

    film: Film
    state: str = WAITING
    error: Exception | None = None
    skipped: bool = False
    """Whether it was complete before."""
    frames_before: int = 0
    """That an earlier run had made."""
    begun_ns: int = 0
    ended_ns: int = 0
    refused_by: set[int] = field(default_factory=set)
    """Workers that cannot go on as it was begun, by their numbers."""
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def frames_expected(self) -> int:
        """How many frames it will have; 0 before it is planned."""
        record = self.film.manifest.film
        return record.plan.frames_expected if record else 0

    @property
    def frames(self) -> int:
        """How many are made."""
        done = self.film.done
        return done.frames if done else self.film.frames_done

    def fps(self, now_ns: int) -> float:
        """Returns frames a second of this run."""
        if not self.begun_ns:
            return 0.0
        seconds = ((self.ended_ns or now_ns) - self.begun_ns) / 1e9
        return (self.frames - self.frames_before) / max(seconds, 1e-9)

    def seconds_left(self, now_ns: int) -> float | None:
        """Returns how long it will take, as far as it can be told."""
        fps = self.fps(now_ns)
        if self.state != WORKING or fps <= 0:
            return None
        return max(self.frames_expected - self.frames, 0) / fps


class Workers:
    """Shares out the pieces of films; used once."""

    def __init__(
        self,
        films: Sequence[Film],
        recipe: Mapping[str, Any],
        *,
        stop: Stop,
        on_change: Callable[[FilmProgress], None] = lambda _: None,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Begins nothing yet.

        Args:
            films: In the order in which they are begun.
            recipe: Of all of them.
            stop: Ends the run; finished pieces stay.
            on_change: Told, on any thread, when the state of a film changes.
            now_ns: The monotonic clock.
        """
        self.films = [FilmProgress(film) for film in films]
        self.stop = stop
        self._recipe, self._on_change, self._now_ns = recipe, on_change, now_ns
        self._changed = Condition()
        self._error: BaseException | None = None
        self._count = 0

    def run(self, makers: Sequence[Maker]) -> None:
        """Works until all films are done or failed, or the run is stopped.

        Raises:
            Exception: What makes all other films fail, too: no room, no network.
        """
        threads = [
            Thread(target=self._guard, args=entry, name="worker", daemon=True)
            for entry in enumerate(makers)
        ]
        self._count = len(threads)
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # signals are heard between
        for progress in self.films:
            progress.stack.close()
        if self._error is not None:
            raise self._error

    def _guard(self, number: int, maker: Maker) -> None:
        try:
            while (task := self._next(number)) is not None:
                progress, job = task
                if job is None:
                    self._prepare(progress)
                    continue
                try:
                    self._make(progress, job, maker)
                except EngineError as error:
                    self._leave_to_others(progress, job, number, error)
        except BaseException as error:  # noqa: BLE001 - raised by run
            self._end_all(error)

    def _end_all(self, error: BaseException) -> None:
        with self._changed:
            self._error = self._error or error
            self.stop.stop()
            self._changed.notify_all()

    def _next(self, number: int) -> tuple[FilmProgress, PieceJob | None] | None:
        """Waits for something to do: a film to prepare, or a piece of one."""
        with self._changed:
            while not self.stop.stopped:
                task = self._task(number)
                if task is not None:
                    return task
                if all(progress.state in _OVER for progress in self.films):
                    return None
                self._changed.wait(0.2)
        return None

    def _task(self, number: int) -> tuple[FilmProgress, PieceJob | None] | None:
        """A film that nobody is at, then one that is new, then help with another."""
        films = (p for p in self.films if number not in p.refused_by)
        working = [p for p in films if p.state == WORKING]
        for progress in sorted(working, key=lambda p: bool(p.film.busy)):
            if progress.film.busy and self._take_new():
                break
            if (job := progress.film.next_job()) is not None:
                return progress, job
        new = self._take_new()
        if new is not None:
            new.state = PLANNING
            return new, None
        return None

    def _take_new(self) -> FilmProgress | None:
        return next((p for p in self.films if p.state == WAITING), None)

    def _prepare(self, progress: FilmProgress) -> None:
        film = progress.film
        try:
            film.refuse_twin()
            progress.stack.enter_context(locked(film.lock, str(film.output)))
            film.prepare(self._recipe)
        except Exception as error:  # noqa: BLE001 - kept with the film
            self._fail(progress, error)
            return
        progress.frames_before = film.frames_done
        progress.begun_ns = self._now_ns()
        if film.done is not None:
            progress.skipped = True
            self._set(progress, DONE)
        elif film.all_pieces_done:
            self._join(progress)
        else:
            self._set(progress, WORKING)

    def _make(self, progress: FilmProgress, job: PieceJob, maker: Maker) -> None:
        film = progress.film

        def count(frames: int) -> None:
            film.frames_running[job.number] = frames

        try:
            piece = maker(job, stop=self.stop, on_frame=count)
            with self._changed:
                film.take(piece)
                joins = film.all_pieces_done and progress.state == WORKING
                if joins:
                    progress.state = JOINING
                self._changed.notify_all()
        except Interrupted:
            return
        except (FatalError, EngineError):
            raise
        except Exception as error:  # noqa: BLE001 - kept with the film
            film.release(job.number)
            self._fail(progress, error)
            return
        if joins:
            self._join(progress)

    def _leave_to_others(
        self, progress: FilmProgress, job: PieceJob, number: int, error: EngineError
    ) -> None:
        """Gives a piece back that its maker cannot make as the others were made."""
        with self._changed:
            progress.film.release(job.number)
            progress.refused_by.add(number)
            others = self._count - len(progress.refused_by)
            self._changed.notify_all()
        if others:
            _LOG.warning("its pieces are left to %d other workers: %s", others, error)
        else:
            self._fail(progress, error)

    def _join(self, progress: FilmProgress) -> None:
        self._set(progress, JOINING)
        try:
            progress.film.complete()
        except Exception as error:  # noqa: BLE001 - kept with the film
            self._fail(progress, error)
        else:
            self._set(progress, DONE)

    def _fail(self, progress: FilmProgress, error: Exception) -> None:
        if lies_with_the_disk(error):
            progress.error = error
            raise error
        with self._changed:
            already = progress.state == FAILED
            progress.error = progress.error or error
        if not already:
            self._set(progress, FAILED)

    def _set(self, progress: FilmProgress, state: str) -> None:
        with self._changed:
            progress.state = state
            if state in _OVER:
                progress.ended_ns = self._now_ns()
                progress.stack.close()
            self._changed.notify_all()
        self._on_change(progress)
