"""Hands events to targets, at least once each, and never in the way of frames."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from threading import Condition, Thread

from sources.live.reconnect import BackOff
from streamer.events.event import DeliveryError, Happening, Target

_LOG = logging.getLogger("derain.events")
_WAITING = 256
"""Events that wait for a target that is away; then the oldest go, and that is told."""
_LAST_SECONDS = 5.0


class Courier:
    """Delivers to one target, in order, trying again until it is taken.

    Args:
        target: Takes the events.
        seconds: How long to wait before the next try, from a back-off.
    """

    def __init__(
        self, target: Target, seconds: Callable[[], float] | None = None
    ) -> None:
        self._target = target
        self._back_off = BackOff(Random())  # noqa: S311 - jitter, not security
        self._seconds = seconds or self._back_off.seconds
        self._waiting: deque[Happening] = deque()
        self._changed = Condition()
        self._done = False
        self.lost = 0
        """Events that were given up."""
        self._thread = Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begins to deliver."""
        self._thread.start()

    def put(self, event: Happening) -> None:
        """Lets an event wait for its turn; returns at once."""
        with self._changed:
            if len(self._waiting) == _WAITING:
                self._waiting.popleft()
                self._count_lost()
            self._waiting.append(event)
            self._changed.notify_all()

    def close(self) -> None:
        """Delivers what waits, once each, for five seconds at most."""
        with self._changed:
            self._done = True
            self._changed.notify_all()
        self._thread.join(_LAST_SECONDS)
        self._target.close()

    def _run(self) -> None:
        while (event := self._next()) is not None:
            if self._delivered(event):
                self._back_off.reset()
                continue
            with self._changed:
                if self._done:
                    continue
                if len(self._waiting) == _WAITING:  # filled up while it was tried
                    self._count_lost()
                else:
                    self._waiting.appendleft(event)
                self._changed.wait_for(lambda: self._done, self._seconds())

    def _count_lost(self) -> None:
        self.lost += 1
        if self.lost == 1:
            _LOG.error("target=%s the oldest events are lost", self._target.name)

    def _next(self) -> Happening | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._done)
            return self._waiting.popleft() if self._waiting else None

    def _delivered(self, event: Happening) -> bool:
        try:
            self._target.deliver(event)
        except DeliveryError as error:
            _LOG.warning("target=%s not delivered: %s", self._target.name, error)
            return False
        return True


@contextmanager
def delivered(
    targets: Sequence[Target],
) -> Iterator[Callable[[Iterable[Happening]], None]]:
    """Gives what sends events to all targets until the block ends."""
    couriers = [Courier(target) for target in targets]
    for courier in couriers:
        courier.start()

    def send(events: Iterable[Happening]) -> None:
        for event in events:
            _LOG.info("stream=%s event=%s %s", event.stream, event.kind, event.text)
            for courier in couriers:
                courier.put(event)

    try:
        yield send
    finally:
        for courier in couriers:
            courier.close()
