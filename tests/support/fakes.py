"""Stand-ins for what is slow or absent: networks without weights, clocks by hand."""

import time
from collections.abc import Callable, Sequence
from threading import Thread

import numpy as np

from model import BackendBase, PendingBase
from sources.frame import RgbArray


class FakePending(PendingBase):
    """Fills the result on a thread of its own, as a real device would."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._error: Exception | None = None
        self._work = work
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - handed to wait
            self._error = error

    def wait(self) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error


class PassThrough(BackendBase):
    """A network that changes nothing, after `seconds` for each picture."""

    model = "pass-through"
    device = "cpu"
    backend = "fake"
    precision = "exact"

    def __init__(
        self,
        *,
        slots: int = 2,
        seconds: float = 0.0,
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        self.slots = slots
        self.closed = False
        self.pictures = 0
        self._seconds = seconds
        self._on_start = on_start

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        assert picture.flags.c_contiguous
        self.pictures += 1
        self._on_start()
        return FakePending(lambda: self._fill(picture, out))

    def _fill(self, picture: RgbArray, out: RgbArray) -> None:
        if self._seconds:
            time.sleep(self._seconds)
        np.copyto(out, picture)

    def close(self) -> None:
        self.closed = True


class InBatches(PassThrough):
    """Takes up to four pictures at once, and fails on those of level 13."""

    batch = 4

    def __init__(self, *, most: int = 4, seconds: float = 0.0) -> None:
        super().__init__(slots=1, seconds=seconds)
        self.groups: list[list[int]] = []
        """The levels of the first pixels of each batch."""
        self._most = most

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> FakePending:
        levels = [int(picture[0, 0, 0]) for picture in pictures]
        self.groups.append(levels)

        def work() -> None:
            if 13 in levels or len(levels) > self._most:
                raise RuntimeError("of a batch")
            if self._seconds:
                time.sleep(self._seconds)
            for picture, out in zip(pictures, outs, strict=True):
                np.copyto(out, picture)

        return FakePending(work)

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        if picture[0, 0, 0] != 13:
            return super().start(picture, out)

        def fail() -> None:
            raise RuntimeError("13")

        return FakePending(fail)


class HandClock:
    """A clock that stands still until it is moved by hand."""

    def __init__(self) -> None:
        self._ns = 0

    def __call__(self) -> int:
        return self._ns

    def advance(self, *, seconds: float) -> None:
        self._ns += round(seconds * 1e9)
