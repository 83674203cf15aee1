"""A disk that stalls holds up nothing, and what waited is written afterwards."""

from itertools import pairwise
from threading import Event

import pytest

from sinks.errors import SinkError
from sinks.live.output import OutputStatus
from sinks.live.threaded_output import ThreadedOutput
from sinks.packets import Encoded
from sources.audio import Audio
from tests.support.patience import PATIENCE_SECONDS


class Disk:
    """An output whose disk stalls until it is released, and may be full."""

    name = "disk"

    def __init__(self, *, full: bool = False) -> None:
        self.reached, self.going, self.full = Event(), Event(), full
        self.written: list[Encoded] = []
        self.key = False
        self.closed = 0

    @property
    def status(self) -> OutputStatus:
        return OutputStatus(name=self.name, kind="record", connected=not self.full)

    def carries(self, audio: Audio) -> bool:
        return audio.codec == "aac"

    def start(self, audio: Audio | None) -> None:
        return

    def send(self, packet: Encoded) -> None:
        self.reached.set()
        self.going.wait(PATIENCE_SECONDS)
        if self.full:
            raise SinkError("disk: No space left on device")
        self.written.append(packet)

    def key_wanted(self) -> bool:
        return self.key

    def close(self) -> None:
        self.closed += 1


def packet(index: int) -> Encoded:
    return Encoded(b"x", index, key=index % 10 == 0)


def test_a_stalled_disk_holds_up_nobody_and_loses_nothing() -> None:
    disk = Disk()
    aside = ThreadedOutput(disk)
    aside.start(None)
    sent = [packet(index) for index in range(200)]

    for one in sent:
        aside.send(one)
    assert disk.written == []

    disk.going.set()
    aside.close()
    assert disk.written == sent
    assert disk.closed == 1
    assert aside.dropped == 0


def test_what_does_not_fit_is_left_out_up_to_a_key_frame_that_is_asked_for() -> None:
    disk = Disk()
    aside = ThreadedOutput(disk)
    aside.start(None)

    for index in range(1500):
        aside.send(packet(index))
        disk.reached.wait(PATIENCE_SECONDS)

    assert aside.key_wanted()
    assert not aside.key_wanted()
    disk.going.set()
    aside.close()
    assert len(disk.written) + aside.dropped == 1500
    gaps = [b for a, b in pairwise(disk.written) if b.pts - a.pts > 1]
    assert gaps
    assert all(first.key for first in gaps)


def test_a_key_frame_is_asked_for_once_however_long_the_disk_stalls() -> None:
    disk = Disk()
    aside = ThreadedOutput(disk)
    aside.start(None)
    disk.key = True

    asked = []
    for index in range(50):
        asked.append(aside.key_wanted())
        aside.send(Encoded(b"x", index, key=index == 0))

    assert asked == [True] + [False] * 49
    disk.going.set()
    aside.close()
    assert aside.key_wanted()


def test_a_full_disk_is_told_with_the_next_packet_and_at_the_end() -> None:
    disk = Disk(full=True)
    aside = ThreadedOutput(disk)
    aside.start(None)
    disk.going.set()
    aside.send(packet(0))
    writer = aside._writer
    assert writer is not None
    with writer._changed:
        assert writer._changed.wait_for(lambda: writer._error, PATIENCE_SECONDS)

    with pytest.raises(SinkError, match="No space"):
        aside.send(packet(1))
    with pytest.raises(SinkError, match="No space"):
        aside.close()
    aside.close()
    assert disk.closed == 1


def test_an_output_that_never_began_is_closed_without_a_word() -> None:
    aside = ThreadedOutput(Disk())

    aside.close()

    assert aside.carries(Audio(codec="aac", rate=48_000, layout="mono"))
