from pathlib import Path

from sinks.live.pictures_alone import left_out_of_file
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough


def test_a_file_into_a_playlist_says_that_its_audio_stays_behind(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(frames=5, audio=True)

    report = derain_video(clip, clip.parent / "hls/index.m3u8", network=PassThrough())

    assert report.notes == [
        "left out: audio stream 1; of a file, live sinks get the pictures alone"
    ]


def test_a_file_of_pictures_alone_loses_nothing(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    assert left_out_of_file(make_clip(frames=1)) == []
    assert left_out_of_file(tmp_path / "missing.mp4") == []
    assert left_out_of_file(None) == []
