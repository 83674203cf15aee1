"""Only the kind of audio that the sink was opened for goes on."""

import logging
from dataclasses import replace

import pytest

from sources.audio import Audio, AudioPacket
from streamer.live.audio import AudioPath

AAC = Audio(codec="aac", rate=48_000, layout="mono", config="1188")
PACKET = AudioPacket(b"x", 0)


def passes(path: AudioPath, taken: list[AudioPacket]) -> bool:
    before = len(taken)
    path(PACKET)
    return len(taken) > before


@pytest.mark.parametrize(
    "other",
    [None, replace(AAC, rate=16_000), Audio(codec="opus", rate=48_000, layout="mono")],
)
def test_audio_of_another_kind_waits_until_the_old_one_is_back(
    other: Audio | None, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[AudioPacket] = []
    path = AudioPath("camera", AAC, taken.append)
    assert passes(path, taken)

    path.kind_is(other)
    path.kind_is(other)

    assert not passes(path, taken)
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
    assert str(other or "none") in caplog.text

    path.kind_is(AAC)

    assert passes(path, taken)


def test_audio_that_comes_where_there_was_none_is_told_and_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    taken: list[AudioPacket] = []
    path = AudioPath("camera", None, taken.append)

    path.kind_is(AAC)

    assert not passes(path, taken)
    assert "aac 48000 Hz mono" in caplog.text
