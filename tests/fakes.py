"""Stand-ins for what is slow or absent: networks without weights, clocks by hand."""

import time
from collections.abc import Callable
from threading import Thread

import numpy as np

from sources.frame import RgbArray


class FakePending:
    """Fills the result on a thread of its own, as a real device would."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._fault: Exception | None = None
        self._work = work
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as fault:  # noqa: BLE001 - handed to wait
            self._fault = fault

    def wait(self) -> None:
        self._thread.join()
        if self._fault is not None:
            raise self._fault


class PassThrough:
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


class HandClock:
    """A clock that stands still until it is moved by hand."""

    def __init__(self) -> None:
        self._ns = 0

    def __call__(self) -> int:
        return self._ns

    def advance(self, *, seconds: float) -> None:
        self._ns += round(seconds * 1e9)
