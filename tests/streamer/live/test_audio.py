"""Only the kind of sound that the sink was opened for goes on."""

import logging
from dataclasses import replace

import pytest

from sources.audio import Sound, SoundPacket
from streamer.live.audio import SoundPath

AAC = Sound(codec="aac", rate=48_000, layout="mono", config="1188")
PACKET = SoundPacket(b"x", 0)


def passes(path: SoundPath, taken: list[SoundPacket]) -> bool:
    before = len(taken)
    path(PACKET)
    return len(taken) > before


@pytest.mark.parametrize(
    "other",
    [None, replace(AAC, rate=16_000), Sound(codec="opus", rate=48_000, layout="mono")],
)
def test_sound_of_another_kind_waits_until_the_old_one_is_back(
    other: Sound | None, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[SoundPacket] = []
    path = SoundPath("camera", AAC, taken.append)
    assert passes(path, taken)

    path.kind_is(other)
    path.kind_is(other)

    assert not passes(path, taken)
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
    assert str(other or "none") in caplog.text

    path.kind_is(AAC)

    assert passes(path, taken)


def test_sound_that_comes_where_there_was_none_is_told_and_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    taken: list[SoundPacket] = []
    path = SoundPath("camera", None, taken.append)

    path.kind_is(AAC)

    assert not passes(path, taken)
    assert "aac 48000 Hz mono" in caplog.text
