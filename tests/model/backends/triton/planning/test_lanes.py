"""Lanes: streams that are made once, and wait for each other where they must."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from model.backends.triton.planning.lanes import Lanes, OneLane, StreamLanes


class Stream:
    """Remembers what it waited for."""

    def __init__(self) -> None:
        self.waited: list[Stream] = []

    def wait_stream(self, other: "Stream") -> None:
        self.waited.append(other)


@pytest.fixture
def current(monkeypatch: pytest.MonkeyPatch) -> Stream:
    """The stream that the work is started in, where there seems to be a card."""
    stream = Stream()

    def on(it: Any) -> Any:
        return nullcontext(it)

    there = SimpleNamespace(current_stream=lambda: stream, Stream=Stream, stream=on)
    monkeypatch.setattr(torch, "cuda", there)
    return stream


def test_one_lane_changes_nothing() -> None:
    lanes: Lanes = OneLane()

    with lanes.on(2):
        lanes.wait(0, 2)


def test_a_lane_is_one_stream_and_lane_0_the_one_that_is_there(current: Stream) -> None:
    lanes = StreamLanes()

    with lanes.on(0) as none, lanes.on(1) as one, lanes.on(1) as again:
        assert none is None
        assert one is again
        assert one is not current
    with lanes.on(2) as other:
        assert other is not one


def test_a_lane_waits_for_another(current: Stream) -> None:
    lanes = StreamLanes()
    with lanes.on(1) as one:
        pass

    lanes.wait(1, 0)
    lanes.wait(0, 1)

    assert one.waited == [current]
    assert current.waited == [one]
