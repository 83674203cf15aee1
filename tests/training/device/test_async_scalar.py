import math
from typing import Any

import pytest
import torch

from training.device.async_scalar import AsyncScalar


def test_on_the_cpu_a_number_is_there_at_once() -> None:
    losses = AsyncScalar()
    assert losses.wait() == 0.0

    assert losses.put(torch.tensor(3.0)) == 3.0
    assert losses.put(torch.tensor(math.nan)) != losses.wait()


class OnGpu:
    """A number on a GPU: it is on the host when an event is waited for."""

    is_cuda = True

    def __init__(self, value: float) -> None:
        self.value = value

    def detach(self) -> "OnGpu":
        return self


class Room:
    def __init__(self) -> None:
        self.value, self.coming = math.inf, math.inf

    def copy_(self, number: OnGpu, *, non_blocking: bool) -> None:
        assert non_blocking
        self.coming = number.value

    def __float__(self) -> float:
        return self.value


def test_on_a_gpu_the_number_of_the_step_before_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rooms: list[Room] = []

    class Event:
        def record(self) -> None:
            self.room = rooms[-1]

        def synchronize(self) -> None:
            self.room.value = self.room.coming

    def room(*_: Any, **__: Any) -> Room:
        rooms.append(Room())
        return rooms[-1]

    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch, "empty", room)
    losses: Any = AsyncScalar()

    told = [losses.put(OnGpu(value)) for value in (1.0, 2.0, 3.0)]

    assert told == [1.0, 1.0, 2.0]
    assert losses.wait() == 3.0
