"""Audio of a live stream in files: read back, it beeps when the picture flashes."""

from pathlib import Path

import av
import pytest

from sinks.encoding.options import EncodeOptions
from sinks.files.video import VideoFile
from sinks.live.hls import Hls
from sinks.live.recorder import Segments
from sinks.live.sink import LiveSink
from sources.audio import Audio
from tests.support.media.beats import INFO, RATE, Beeps, offsets_ms, pictures

IN_SYNC_MS = 40
"""Of which AAC's own delay is 21."""


def fill(sink: VideoFile | LiveSink, beeps: Beeps, seconds: int = 3) -> None:
    """Audio comes first, for it goes around the network."""
    sink.expect_audio(beeps.kind)
    sink.begin(INFO)
    for packet in beeps.packets:
        sink.take_audio(packet)
    for frame in pictures(seconds):
        sink.write(frame)
    sink.finish(whole=False)
    sink.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("codec", "suffix"),
    [
        *[("aac", suffix) for suffix in (".mp4", ".mov", ".mkv")],
        *[("opus", suffix) for suffix in (".mp4", ".mkv", ".webm")],
        *[("pcm_alaw", suffix) for suffix in (".mov", ".mp4", ".mkv")],
        *[("pcm_mulaw", suffix) for suffix in (".mov", ".mp4", ".mkv")],
    ],
)
def test_a_video_file_holds_the_audio_of_a_live_source(
    tmp_path: Path, codec: str, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    preset = "8" if suffix == ".webm" else None
    sink = VideoFile(path, encode=EncodeOptions(preset=preset))

    fill(sink, Beeps(codec, 4))

    assert sink.notes == []
    assert sink.audio_packets > 100
    found = offsets_ms(str(path))
    assert len(found) >= 2
    assert max(map(abs, found)) < IN_SYNC_MS
    with av.open(str(path)) as file:
        known = [s for s in file.streams if s.duration and s.time_base]
        ends = [float(s.duration * s.time_base) for s in known]  # type: ignore[operator] # known
    assert all(abs(end - 3) < 0.1 for end in ends)


@pytest.mark.parametrize(("codec", "suffix"), [("pcm_alaw", ".webm"), ("aac", ".webm")])
def test_a_video_file_that_cannot_hold_the_audio_says_so_and_goes_on(
    tmp_path: Path, codec: str, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / f"out{suffix}"
    preset = "8" if suffix == ".webm" else None
    sink = VideoFile(path, encode=EncodeOptions(preset=preset))

    fill(sink, Beeps(codec, 1), seconds=1)

    assert len(caplog.records) == 1
    assert codec in caplog.text
    assert codec in " ".join(sink.notes)
    with av.open(str(path)) as file:
        assert [stream.type for stream in file.streams] == ["video"]
        assert sum(1 for _ in file.decode(video=0)) == 25


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [
        *[("aac", suffix) for suffix in (".mp4", ".mkv", ".ts")],
        *[("pcm_alaw", suffix) for suffix in (".mp4", ".mkv", ".ts")],
        *[("opus", ".mp4"), ("pcm_mulaw", ".mp4")],
    ],
)
def test_each_recording_has_its_piece_of_the_audio(
    tmp_path: Path, codec: str, suffix: str
) -> None:
    record = Segments(f"{tmp_path}/%H%M%S{suffix}", seconds=2)

    fill(LiveSink([record]), Beeps(codec, 6), seconds=6)

    paths = sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert len(paths) == 3
    for path in paths:
        found = offsets_ms(str(path))
        assert found
        assert max(map(abs, found)) < IN_SYNC_MS


@pytest.mark.parametrize("codec", ["aac", "pcm_mulaw"])
def test_hls_carries_aac_and_makes_it_of_g711(tmp_path: Path, codec: str) -> None:
    playlist = tmp_path / "index.m3u8"

    fill(LiveSink([Hls(playlist)]), Beeps(codec, 6), seconds=6)

    found = offsets_ms(str(playlist))
    assert len(found) >= 4
    assert max(map(abs, found)) < IN_SYNC_MS


def test_outputs_without_a_place_for_the_audio_are_told_and_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    playlist = tmp_path / "index.m3u8"
    record = Segments(f"{tmp_path}/%H%M%S.mp4", seconds=60)
    sink = LiveSink([Hls(playlist), record])

    fill(sink, Beeps("opus", 1), seconds=1)

    assert len(caplog.records) == len(sink.notes) == 1
    assert "index.m3u8" in caplog.text
    with av.open(str(playlist)) as file:
        assert [stream.type for stream in file.streams] == ["video"]
    [path] = tmp_path.glob("*.mp4")
    with av.open(str(path)) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]


@pytest.mark.parametrize("suffix", [".mov", ".mp4"])
def test_seconds_without_audio_leaves_the_rest_in_time(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    sink = VideoFile(path)
    beeps = Beeps("pcm_alaw", 8)
    sink.expect_audio(beeps.kind)
    sink.begin(INFO)
    for packet in beeps.packets:
        if not 90_000 * 2.5 < packet.pts < 90_000 * 5.5:
            sink.take_audio(packet)
    for frame in pictures(8):
        sink.write(frame)
    sink.finish(whole=False)

    found = offsets_ms(str(path))
    assert len(found) == 4
    assert max(map(abs, found)) < IN_SYNC_MS


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
@pytest.mark.parametrize(
    "audio",
    [
        Audio(codec="pcm_alaw", rate=8000, layout="mono"),
        Audio(codec="aac", rate=48_000, layout="stereo"),
    ],
)
def test_a_track_that_stays_silent_holds_no_picture_back(
    tmp_path: Path, audio: Audio, suffix: str
) -> None:
    sink = VideoFile(tmp_path / f"out.{suffix}")
    sink.expect_audio(audio)
    sink.begin(INFO)

    for frame in pictures(8):
        sink.write(frame)
    assert sink._disk is not None
    sink._disk.finish()
    on_disk = (tmp_path / f"out.{suffix}").stat().st_size

    assert on_disk > 2000
    copy = tmp_path / f"killed.{suffix}"
    copy.write_bytes((tmp_path / f"out.{suffix}").read_bytes())
    with av.open(str(copy)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 2 * RATE
    sink.close()
