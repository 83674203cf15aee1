"""Writes the file of a live source on a thread of its own, as `aside` does for packets.

What does not fit is left out before it is encoded: so the file has a gap, but nothing
in it is built on a picture that is missing.
"""

import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

from sinks.errors import SinkError

_JOBS = 1000
_BYTES = 64 << 20
"""Ten seconds and more of pictures with audio; a sleeping disk takes about as long."""
_ANSWER_SECONDS = 5.0
_LOG = logging.getLogger("derain.sink")
Job = Callable[[], object]


class DiskThread:
    """Does one job after the other; who hands them over never waits before the end."""

    def __init__(
        self, name: str, *, jobs: int = _JOBS, answer_seconds: float = _ANSWER_SECONDS
    ) -> None:
        """Starts the thread.

        Args:
            name: Of the file, for messages.
            jobs: So many may wait.
            answer_seconds: At the end, how long a single job may take.
        """
        self.left_out = 0
        """Pictures for which there was no room."""
        self._name, self._most, self._patience = name, jobs, answer_seconds
        self._jobs: deque[tuple[Job, int]] = deque()
        self._bytes = self._done = 0
        self._ending = False
        self._error: Exception | None = None
        self._changed = Condition()
        self._thread = Thread(target=self._work, name=f"disk {name}", daemon=True)
        self._thread.start()

    def has_room(self) -> bool:
        """Whether one more picture may come; counts it as left out if not.

        Raises:
            Exception: The first error of a job.
        """
        with self._changed:
            self._check()
            if len(self._jobs) < self._most and self._bytes < _BYTES:
                return True
            if not self.left_out:
                _LOG.error("sink=%s the disk is too slow: pictures go", self._name)
            self.left_out += 1
            return False

    def do(self, job: Job, size: int = 0) -> None:
        """Does `job` after those before it; `size` in bytes.

        Raises:
            Exception: The first error of an earlier job.
        """
        with self._changed:
            self._check()
            self._jobs.append((job, size))
            self._bytes += size
            self._changed.notify_all()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        """Waits until all is done, as long as one job after the other gets done.

        Raises:
            SinkError: The disk does not answer.
            Exception: The first error of a job.
        """
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        while self._thread.is_alive():
            done = self._done
            self._thread.join(self._patience)
            if self._thread.is_alive() and self._done == done:
                raise SinkError(f"{self._name}: the disk does not answer: incomplete")
        self._check()

    @property
    def notes(self) -> list[str]:
        """What a user should know."""
        lost = f"{self.left_out} pictures were left out: the disk is too slow"
        return [lost] if self.left_out else []

    def abandon(self, last: Job = lambda: None) -> None:
        """Leaves out what waits and does only `last`; waits for nothing."""
        with self._changed:
            self._jobs.clear()
            self._jobs.append((last, 0))
            self._ending = True
            self._changed.notify_all()
        if not self._thread.is_alive():
            last()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - carried to who hands over
                self._fail(error)
            self._done += 1

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._error = self._error or error
            self._jobs.clear()

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._ending)
            if not self._jobs:
                return None
            job, size = self._jobs.popleft()
            self._bytes -= size
            return job
