"""Starts real servers for tests, and ends them whatever happens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sinks.live.sink import LiveSink
from sources.live.stream import LiveStream
from tests.support.runs.live_program import Program, StartProgram
from tests.support.servers.feeder import Feeder
from tests.support.servers.peers import (
    RtspPeer,
    missing,
    peers,
)
from tests.support.viewing.reader import Reader

StartPeer = Callable[..., RtspPeer]


@pytest.fixture(scope="session")
def gstreamer() -> None:
    """Fails, with the command that helps, where GStreamer is not installed."""
    if problem := missing():
        pytest.fail(problem, pytrace=False)


@pytest.fixture
def start_peer(gstreamer: None) -> Iterator[StartPeer]:
    """Starts servers: `start_peer("--auth", "digest")`."""
    with peers() as start:
        yield start


@pytest.fixture
def read() -> Iterator[type[Reader]]:
    readers = []

    class Tracked(Reader):
        def __init__(self, stream: LiveStream) -> None:
            super().__init__(stream)
            readers.append(self)

    yield Tracked
    for reader in readers:
        reader.close()


@pytest.fixture
def feed() -> Iterator[type[Feeder]]:
    feeders = []

    class Tracked(Feeder):
        def __init__(self, sink: LiveSink, size: tuple[int, int] = (160, 96)) -> None:
            super().__init__(sink, size)
            feeders.append(self)

    yield Tracked
    for feeder in feeders:
        feeder.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartProgram]:
    programs = []

    def begin(*arguments: str | Path, network_seconds: float = 0) -> Program:
        programs.append(Program(tmp_path, *arguments, network_seconds=network_seconds))
        return programs[-1]

    yield begin
    for program in programs:
        program.process.kill()
        program.process.wait()
