"""Packets that are encoded already go into a container, the first at zero."""

from pathlib import Path

import av
import pytest

from sinks.live.remux import Remuxer
from sinks.packets import Encoded
from sources.audio import Audio
from tests.support.media.raw_packets import raw_packets

TELEPHONE = Audio(codec="pcm_alaw", rate=8000, layout="mono")
BEGIN, STEP = 900_000, 3600


def pictures(count: int = 10) -> list[Encoded]:
    options = {"preset": "ultrafast", "tune": "zerolatency"}
    packets = raw_packets("libx264", options, count)
    return [
        Encoded(data, BEGIN + number * STEP, key=number == 0)
        for number, data in enumerate(packets)
    ]


def stored(path: Path, packets: list[Encoded], audio: Audio | None = None) -> Remuxer:
    remuxer = Remuxer(av.open(str(path), "w"), pictures(1)[0], audio)
    for packet in packets:
        remuxer.put(packet)
    remuxer.close()
    return remuxer


@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".mkv"])
def test_pictures_keep_their_spacing_from_zero_on(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"

    remuxer = stored(path, pictures())

    with av.open(str(path)) as video:
        stream = video.streams.video[0]
        times = [float(picture.time or 0) for picture in video.decode(video=0)]
    begin = times[0]
    assert [time - begin for time in times] == pytest.approx(
        [index / 25 for index in range(10)], abs=0.001
    )
    assert (stream.width, stream.height) == (160, 96)
    assert remuxer.begun == BEGIN


def test_audio_from_before_the_first_picture_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "out.mov"
    early = [
        Encoded(bytes(160), BEGIN - 1800 * n, key=False, audio=True) for n in (2, 1)
    ]
    along = [
        Encoded(bytes(160), BEGIN + 1800 * n, False, audio=True) for n in range(20)
    ]
    packets = sorted([*early, *along, *pictures()], key=lambda packet: packet.pts)

    stored(path, packets, TELEPHONE)

    with av.open(str(path)) as video:
        samples = sum(frame.samples for frame in video.decode(audio=0))
    assert samples == 20 * 160


def test_audio_that_nobody_announced_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    tone = Encoded(bytes(160), BEGIN, key=False, audio=True)

    stored(path, [*pictures(), tone])

    with av.open(str(path)) as video:
        assert [stream.type for stream in video.streams] == ["video"]
