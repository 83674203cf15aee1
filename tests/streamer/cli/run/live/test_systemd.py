"""What systemd hears of a service, through a socket like its own."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from streamer.cli.run.live.systemd import told_to_systemd


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    place = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(place)
        line.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", place)
        monkeypatch.setenv("WATCHDOG_USEC", "60000")
        yield line


def test_systemd_hears_when_it_is_ready_that_it_works_and_when_it_stops(
    manager: socket.socket,
) -> None:
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1

    with told_to_systemd(look):
        heard = [manager.recv(64) for _ in range(4)]

    assert heard == [b"READY=1", *[b"WATCHDOG=1"] * 3]
    assert looks >= 3
    while (last := manager.recv(64)) == b"WATCHDOG=1":
        pass
    assert last == b"STOPPING=1"


def test_a_program_that_hangs_starves_the_watchdog(manager: socket.socket) -> None:
    hangs, goes_on = Event(), Event()

    def look() -> None:
        hangs.set()
        goes_on.wait(60)

    with told_to_systemd(look):
        assert hangs.wait(60)
        assert manager.recv(64) == b"READY=1"
        manager.settimeout(0.3)
        with pytest.raises(TimeoutError):
            manager.recv(64)
        goes_on.set()


def test_where_nobody_asked_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    with told_to_systemd(lambda: pytest.fail("looked")):
        pass
