"""Writes on a thread of its own: a disk that stalls holds up no frame.

A disk that wakes up, a full cache, a share in the network: each may hold a write, or
the completion of a file, for seconds. What does not fit is lost by a policy that the
caller keeps: a picture is left out before it is encoded (`has_room`), so that nothing
in the file is built on one that is missing; of encoded packets all that wait are lost
(`discard`), up to a key frame.
"""

import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Protocol

from sinks.errors import SinkError

_JOBS = 1000
_BYTES = 64 << 20
"""Ten seconds and more of pictures with audio; a sleeping disk takes about as long."""
_ANSWER_SECONDS = 5.0
_LOG = logging.getLogger("derain.sink")
Job = Callable[[], object]


def _nothing() -> None:
    return


class StalledError(SinkError):
    """The disk does not answer: what waits for it is not written."""


class Writer(Protocol):
    """Does jobs in order: at once, or on a thread of its own."""

    def has_room(self) -> bool:
        """Whether one more job may come; counts it as dropped if not."""

    def do(self, job: Job, size: int = 0) -> None:
        """Does `job` after those before it; `size` in bytes."""

    def finish(self) -> None:
        """Waits until all is done."""

    @property
    def notes(self) -> list[str]:
        """What a user should know."""

    def abandon(self, last: Job = _nothing) -> None:
        """Leaves out what waits and does only `last`."""


def writer_for(name: str, *, live: bool) -> Writer:
    """Returns what writes a file: a live source waits for no disk.

    Args:
        name: Of the file, for messages.
        live: Whether the source is.
    """
    return BackgroundWriter(name) if live else ImmediateWriter()


class ImmediateWriter:
    """Does each job at once, on the caller's thread; errors are raised there."""

    @property
    def notes(self) -> list[str]:
        """Nothing: no picture is left out."""
        return []

    def has_room(self) -> bool:
        """Returns True: nothing ever waits."""
        return True

    def do(self, job: Job, size: int = 0) -> None:
        """Does `job`."""
        job()

    def finish(self) -> None:
        """Waits for nothing."""

    def abandon(self, last: Job = _nothing) -> None:
        """Does `last`."""
        last()


class BackgroundWriter:
    """Does one job after the other; the caller never waits before the end.

    A bounded queue: items are jobs, `finish` is the end, the first error of a job is
    raised at the next call, `abandon` is the stop.
    """

    def __init__(
        self, name: str, *, jobs: int = _JOBS, answer_seconds: float = _ANSWER_SECONDS
    ) -> None:
        """Starts the thread.

        Args:
            name: Of the file, for messages.
            jobs: So many may wait.
            answer_seconds: At the end, how long a single job may take.
        """
        self.dropped = 0
        """Jobs and pictures that were lost for want of room."""
        self._name, self._most, self._patience = name, jobs, answer_seconds
        self._jobs: deque[tuple[Job, int]] = deque()
        self._bytes = self._done = 0
        self._ending = False
        self._error: Exception | None = None
        self._changed = Condition()
        self._thread = Thread(target=self._work, name=f"disk {name}", daemon=True)
        self._thread.start()

    def has_room(self) -> bool:
        """Whether one more job may come; counts it as dropped if not.

        Raises:
            Exception: The first error of a job.
        """
        with self._changed:
            self._check()
            if len(self._jobs) < self._most and self._bytes < _BYTES:
                return True
            if not self.dropped:
                _LOG.error("sink=%s the disk is too slow: data is lost", self._name)
            self.dropped += 1
            return False

    def do(self, job: Job, size: int = 0) -> None:
        """Does `job` after those before it; `size` in bytes.

        Raises:
            Exception: The first error of an earlier job.
        """
        with self._changed:
            self._check()
            self._add(job, size)

    def discard(self) -> None:
        """Drops what waits, and counts it."""
        with self._changed:
            self.dropped += len(self._jobs)
            self._clear()

    def finish(self, last: Job = _nothing) -> None:
        """Does what waits and `last`, which is done after an error, too.

        It waits as long as one job after the other gets done.

        Raises:
            StalledError: The disk does not answer.
            Exception: The first error of a job.
        """
        with self._changed:
            self._add(last, 0)
            self._ending = True
        while self._thread.is_alive():
            done = self._done
            self._thread.join(self._patience)
            if self._thread.is_alive() and self._done == done:
                raise StalledError(
                    f"{self._name}: the disk does not answer: incomplete"
                )
        self._check()

    @property
    def notes(self) -> list[str]:
        """What a user should know."""
        lost = f"{self.dropped} pictures were left out: the disk is too slow"
        return [lost] if self.dropped else []

    def abandon(self, last: Job = _nothing) -> None:
        """Leaves out what waits and does only `last`; waits for nothing."""
        with self._changed:
            self._clear()
            self._add(last, 0)
            self._ending = True
        if not self._thread.is_alive():
            last()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _add(self, job: Job, size: int) -> None:
        self._jobs.append((job, size))
        self._bytes += size
        self._changed.notify_all()

    def _clear(self) -> None:
        self._jobs.clear()
        self._bytes = 0

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - carried to the caller
                self._fail(error)
            self._done += 1

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._error = self._error or error
            if not self._ending:
                self._clear()
            self._changed.notify_all()

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._ending)
            if not self._jobs:
                return None
            job, size = self._jobs.popleft()
            self._bytes -= size
            return job
