"""Runs that stand for live pipelines, for those who start and end them."""

from dataclasses import replace
from threading import Event
from types import SimpleNamespace
from typing import Any

from streamer.live.fleet.member import NOT_RUNNING
from streamer.live.metrics.counters import LiveSnapshot


class ARun:
    """Stands for a live pipeline: runs until it is stopped."""

    def __init__(self) -> None:
        self._stopping = Event()
        self.output = SimpleNamespace(preview=None)

    def run(self) -> None:
        self._stopping.wait(60)

    def stop(self) -> None:
        self._stopping.set()

    def snapshot(self) -> LiveSnapshot:
        return replace(NOT_RUNNING, state="streaming", frames_out=1)

    def report(self, *_names: str) -> Any:
        return SimpleNamespace(frames_out=1)
