"""Every test for a GPU has a time limit: one that hangs must not take the others along.

A driver that hangs in a call of its own is not interrupted by that; whoever has little
time runs them with `-o faulthandler_timeout=60`, which ends the process.
"""

import signal
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from tests.support.servers.peers import RtspPeer, missing, peers

LIMIT_SECONDS = 30.0
"""194 tests took 23 s on an H100, the longest of them a few."""


@pytest.fixture(autouse=True)
def time_limit() -> Iterator[None]:
    """Fails a test that takes longer than it may."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"A test for a GPU may take {LIMIT_SECONDS:.0f} s.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def start_peer() -> Iterator[Callable[..., RtspPeer]]:
    """Starts a camera; skips, with the reason, where GStreamer is not installed."""
    if problem := missing():
        pytest.skip(problem)
    with peers() as start:
        yield start
