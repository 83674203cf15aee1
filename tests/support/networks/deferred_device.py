"""A device that does nothing before somebody waits for it, and then in a wild order.

Streams do their own work in order, but which one goes next is drawn at random, and
waiting does no more than it must. Work whose events are wrong gives wrong pictures.
"""

import random
from collections import deque
from collections.abc import Callable
from threading import RLock

import torch

from model.backends.cuda.streams import Event, Stream, Work


class DeferredEvent:
    def __init__(self, device: "DeferredDevice") -> None:
        self._device = device
        self.wanted = 0
        self.reached = 0

    def wait(self) -> None:
        self._device.work_until(self, self.wanted)


class DeferredStream:
    def __init__(self) -> None:
        self.steps: deque[tuple[Callable[[], bool], Work]] = deque()

    def run(self, work: Work) -> None:
        self.steps.append((lambda: True, work))

    def record(self, event: Event) -> None:
        assert isinstance(event, DeferredEvent)
        event.wanted += 1
        ticket = event.wanted

        def reach() -> None:
            event.reached = ticket

        self.steps.append((lambda: True, reach))

    def wait_for(self, event: Event) -> None:
        assert isinstance(event, DeferredEvent)
        ticket = event.wanted
        self.steps.append((lambda: event.reached >= ticket, lambda: None))


class DeferredDevice:
    """Plays `cuda:0` on the CPU."""

    name = "cpu"

    def __init__(self, seed: int = 0) -> None:
        self.allocations = 0
        self.captures = 0
        self.seconds: list[float] = []
        """What work will be found to take."""
        self.timed = 0
        self._rng = random.Random(seed)  # noqa: S311 - a lot, no secret
        self._streams: list[DeferredStream] = []
        self._working = RLock()  # several threads may wait; a stream works in order

    def stream(self) -> Stream:
        self._streams.append(DeferredStream())
        return self._streams[-1]

    def event(self) -> Event:
        return DeferredEvent(self)

    def empty(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        self.allocations += 1
        return torch.zeros(shape, dtype=kind)

    def empty_pinned(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        return self.empty(shape, kind)

    def captured(self, stream: Stream, work: Work) -> Work:
        self.captures += 1
        work()
        return work

    def seconds_of(self, stream: Stream, work: Work) -> float:
        self.timed += 1
        return self.seconds.pop(0)

    def empty_cache(self) -> None:
        pass

    @torch.inference_mode()
    def work_until(self, event: DeferredEvent, ticket: int) -> None:
        with self._working:
            while event.reached < ticket:
                able = [
                    stream
                    for stream in self._streams
                    if stream.steps and stream.steps[0][0]()
                ]
                assert able, "the streams wait for each other"
                self._rng.choice(able).steps.popleft()[1]()
