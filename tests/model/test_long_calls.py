"""Calls that nothing interrupts are left behind by whoever waits for them."""

import os
import signal
from collections.abc import Iterator
from threading import Event, Thread, current_thread, main_thread

import pytest

from model.errors import CancelledError
from model.long_calls import LongCalls, interruptibly, is_interrupted
from tests.support.patience import PATIENCE_SECONDS


@pytest.fixture
def native() -> Iterator[Event]:
    """Ends what stands for a native call, which waits for it."""
    ends = Event()
    yield ends
    ends.set()


def test_calls_are_made_in_their_order_on_one_thread() -> None:
    calls, made = LongCalls("calls"), []

    def call(number: int) -> str:
        made.append(number)
        return current_thread().name

    results = [calls.submit(call, number) for number in range(5)]
    calls.close()

    assert made == [0, 1, 2, 3, 4]
    assert {result.result() for result in results} == {"calls"}


def test_what_a_call_raises_is_raised_where_its_result_is_waited_for() -> None:
    calls = LongCalls("calls")

    failed = calls.submit(int, "no number")

    with pytest.raises(ValueError, match="no number"):
        failed.result(PATIENCE_SECONDS)
    assert calls.submit(int, "7").result(PATIENCE_SECONDS) == 7
    calls.close()


def test_a_call_that_is_left_holds_up_nobody(native: Event) -> None:
    calls, begun, after = LongCalls("calls"), Event(), Event()

    def compiles() -> None:
        begun.set()
        assert native.wait(PATIENCE_SECONDS)

    results = [calls.submit(compiles), calls.submit(after.set)]
    assert begun.wait(PATIENCE_SECONDS)
    calls.leave()
    calls.close()

    for result in [*results, calls.submit(after.set)]:
        with pytest.raises(CancelledError, match="given up"):
            result.result(PATIENCE_SECONDS)
    assert not native.is_set()
    assert not after.is_set()


@pytest.mark.parametrize("waits_in", ["result", "close"])
def test_ctrl_c_is_heard_while_the_call_goes_on(native: Event, waits_in: str) -> None:
    assert current_thread() is main_thread()
    begun = Event()

    def compiles() -> None:
        begun.set()
        assert native.wait(PATIENCE_SECONDS)

    def interrupt() -> None:
        assert begun.wait(PATIENCE_SECONDS)
        os.kill(os.getpid(), signal.SIGINT)

    def waits() -> None:
        if waits_in == "result":
            interruptibly(compiles)
        calls = LongCalls("calls")
        calls.submit(compiles)
        calls.close()

    Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        waits()

    assert not native.is_set()


def test_what_a_long_call_makes_comes_back_from_its_thread() -> None:
    thread, number = interruptibly(lambda: (current_thread(), 7))

    assert number == 7
    assert thread is not main_thread()
    with pytest.raises(ValueError, match="no number"):
        interruptibly(int, "no number")


def test_whoever_closes_after_ctrl_c_can_tell() -> None:
    told = []
    for error in (KeyboardInterrupt, ValueError):
        try:
            raise error
        except (KeyboardInterrupt, ValueError):
            told.append(is_interrupted())

    assert [*told, is_interrupted()] == [True, False, False]
