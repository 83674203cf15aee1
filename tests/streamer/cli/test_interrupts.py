"""Ctrl-C and SIGTERM interrupt a command, and wait for a compiled module's start."""

import os
import signal
import threading
from collections.abc import Iterator
from importlib.machinery import ExtensionFileLoader
from types import FrameType, ModuleType

import pytest

from streamer.cli.interrupts import interrupt
from tests.support.patience import eventually


@pytest.fixture(autouse=True)
def handled() -> Iterator[None]:
    before = signal.signal(signal.SIGUSR1, interrupt)
    yield
    signal.signal(signal.SIGUSR1, before)


class StartsInPython(ExtensionFileLoader):
    """Loads a module whose start runs Python code, as pybind's do."""

    def __init__(self) -> None:
        super().__init__("started", "/nowhere/started.so")
        self.steps: list[str] = []

    def exec_module(self, module: ModuleType) -> None:
        self.steps.append("begun")
        os.kill(os.getpid(), signal.SIGUSR1)
        for _ in range(1_000):
            pass
        self.steps.append(module.__name__)


def test_a_command_is_interrupted_at_once() -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGUSR1)


def test_a_compiled_modules_start_is_not_interrupted_and_what_follows_is() -> None:
    loader = StartsInPython()
    waiting = threading.Event()

    with pytest.raises(KeyboardInterrupt):
        start(loader, waiting)

    assert loader.steps == ["begun", "started"]


def start(loader: StartsInPython, waiting: threading.Event) -> None:
    loader.exec_module(ModuleType("started"))
    eventually(waiting.is_set)


def test_without_a_frame_the_interrupt_comes_at_once() -> None:
    nothing: FrameType | None = None

    with pytest.raises(KeyboardInterrupt):
        interrupt(signal.SIGTERM, nothing)
