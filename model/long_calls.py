"""Long native calls: what compiles or computes for seconds, and nothing interrupts.

Python hears a signal between two of its own steps, so a main thread in such a call
hears none. Here they run on daemon threads: whoever waits for one hears Ctrl-C, and may
leave it behind when the program ends.
"""

import atexit
import sys
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread, current_thread, main_thread
from typing import Any, ParamSpec, TypeVar

from model.errors import CancelledError

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class LongCalls:
    """Makes calls in their order on one thread, which can be left behind."""

    def __init__(self, name: str) -> None:
        """`name` is the thread's, for those who look at a process."""
        self._name = name
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._waiting: set[Future[Any]] = set()
        self._changing = Lock()
        self._left = False
        self._thread: Thread | None = None

    def submit(
        self,
        call: Callable[_Given, _Made],
        *args: _Given.args,
        **kwargs: _Given.kwargs,
    ) -> "Future[_Made]":
        """Returns what will hold the result, when the calls before it are done.

        After `leave` it holds `CancelledError`.
        """
        made: Future[_Made] = Future()

        def work() -> None:
            try:
                result = call(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - carried to whoever waits
                self._settle(made, partial(made.set_exception, error))
            else:
                self._settle(made, partial(made.set_result, result))

        with self._changing:
            if self._left:
                made.set_exception(_given_up())
                return made
            self._waiting.add(made)
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        self._calls.put(work)
        return made

    def _settle(self, made: "Future[Any]", settle: Callable[[], None]) -> None:
        with self._changing:
            if made in self._waiting:
                self._waiting.remove(made)
                settle()

    def _run(self) -> None:
        while (work := self._calls.get()) is not None:
            if not self._left:
                work()
            del work

    def leave(self) -> None:
        """Lets nobody wait any more: `CancelledError` is raised there, at once.

        The call under way goes on and what it makes is lost. A program that ends by
        itself waits for it: see `streamer.cli.main` for how ours ends.
        """
        with self._changing:
            first, self._left = not self._left, True
            given_up = list(self._waiting)
            self._waiting.clear()
            for made in given_up:
                made.set_exception(_given_up())
        if first and self._thread is not None and self._thread.is_alive():
            atexit.register(self._thread.join)

    def close(self) -> None:
        """Ends the thread when all calls are made, unless it was left; may be repeated.

        Whoever is interrupted while it waits here has left it.
        """
        self._calls.put(None)
        if self._thread is not None and not self._left:
            try:
                self._thread.join()
            except KeyboardInterrupt:
                self.leave()
                raise


def interruptibly(
    call: Callable[_Given, _Made], *args: _Given.args, **kwargs: _Given.kwargs
) -> _Made:
    """Returns what the call returns; on the main thread Ctrl-C does not wait for it."""
    if current_thread() is not main_thread():
        return call(*args, **kwargs)
    calls = LongCalls("derain-long-call")
    try:
        return calls.submit(call, *args, **kwargs).result()
    finally:
        if is_interrupted():
            calls.leave()
        calls.close()


def is_interrupted() -> bool:
    """Returns whether Ctrl-C is being handled: what closes now does not wait."""
    return isinstance(sys.exc_info()[1], KeyboardInterrupt)


def _given_up() -> CancelledError:
    return CancelledError("It was given up, since the run ends.")
