"""The audio of a live stream goes into a file beside its pictures."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.files.live_audio import LiveAudioCopier
from sources.audio import Audio, AudioPacket

TELEPHONE = Audio(codec="pcm_alaw", rate=8000, layout="mono")
PACKET = 1800
"""20 ms in 1/90000 s."""


def adder(output: av.container.OutputContainer) -> Callable[[], av.VideoStream]:
    mov = output.format.name == "mov"

    def add_video() -> av.VideoStream:
        stream = output.add_stream("libx264" if mov else "libvpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        return stream

    return add_video


def test_packets_wait_for_the_picture_of_their_time(tmp_path: Path) -> None:
    copier = LiveAudioCopier("out.mov", TELEPHONE)
    with av.open(str(tmp_path / "out.mov"), "w") as output:
        copier.join(output, adder(output))
        output.start_encoding()
        for number in range(10):
            copier.take(AudioPacket(bytes(160), number * PACKET))

        copier.copy_until(output, Fraction(5 * PACKET, 90_000))
        after_five = copier.audio_packets
        copier.copy_until(output, None)
        copier.finish()
        copier.close()

    assert (after_five, copier.audio_packets) == (5, 10)
    assert copier.notes == []
    with av.open(str(tmp_path / "out.mov")) as stored:
        samples = sum(frame.samples for frame in stored.decode(audio=0))
    assert samples == 1600


def test_audio_without_a_place_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copier = LiveAudioCopier("out.webm", TELEPHONE)
    with av.open(str(tmp_path / "out.webm"), "w") as output:
        video = copier.join(output, adder(output))
        copier.take(AudioPacket(bytes(160), 0))
        copier.copy_until(output, None)
        copier.finish()

        assert list(output.streams) == [video]
    assert copier.audio_packets == 0
    assert copier.notes == ["out.webm cannot hold pcm_alaw 8000 Hz mono: left out"]
    assert "out.webm" in caplog.text
