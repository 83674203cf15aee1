"""A device that does nothing before somebody waits for it, and then in a wild order.

Lanes do their own work in order, but which lane goes next is drawn by lot, and waiting
does no more than it must. Work whose marks are wrong gives wrong pictures here.
"""

import random
from collections import deque
from collections.abc import Callable

import torch

from model.backends.cuda.streams import Event, Stream, Work


class DeferredMark:
    def __init__(self, device: "DeferredDevice") -> None:
        self._device = device
        self.wanted = 0
        self.reached = 0

    def wait(self) -> None:
        self._device.work_until(self, self.wanted)


class DeferredLane:
    def __init__(self) -> None:
        self.steps: deque[tuple[Callable[[], bool], Work]] = deque()

    def run(self, work: Work) -> None:
        self.steps.append((lambda: True, work))

    def put(self, mark: Event) -> None:
        assert isinstance(mark, DeferredMark)
        mark.wanted += 1
        ticket = mark.wanted

        def reach() -> None:
            mark.reached = ticket

        self.steps.append((lambda: True, reach))

    def wait_for(self, mark: Event) -> None:
        assert isinstance(mark, DeferredMark)
        ticket = mark.wanted
        self.steps.append((lambda: mark.reached >= ticket, lambda: None))


class DeferredDevice:
    """Plays `cuda:0` on the CPU."""

    name = "cpu"

    def __init__(self, seed: int = 0) -> None:
        self.rooms = 0
        self.recordings = 0
        self._lot = random.Random(seed)  # noqa: S311 - a lot, no secret
        self._lanes: list[DeferredLane] = []

    def lane(self) -> Stream:
        self._lanes.append(DeferredLane())
        return self._lanes[-1]

    def mark(self) -> Event:
        return DeferredMark(self)

    def room(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        self.rooms += 1
        return torch.zeros(shape, dtype=kind)

    def host_room(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        return self.room(shape, kind)

    def recorded(self, lane: Stream, work: Work) -> Work:
        self.recordings += 1
        work()
        return work

    def forget(self) -> None:
        pass

    @torch.inference_mode()
    def work_until(self, mark: DeferredMark, ticket: int) -> None:
        while mark.reached < ticket:
            able = [lane for lane in self._lanes if lane.steps and lane.steps[0][0]()]
            assert able, "the lanes wait for each other"
            self._lot.choice(able).steps.popleft()[1]()
