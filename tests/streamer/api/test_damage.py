"""What `derain_video` makes of damaged files, and of what is no video."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

from sources import SourceError
from streamer import DamagedSourceError, derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at
from tests.support.runs.derained import derained


@pytest.mark.slow
def test_a_corrupt_packet_costs_only_its_frames_and_is_counted(
    make_clip: MakeClip,
) -> None:
    source = make_clip(
        "whole.mp4", frames=100, size=(320, 240), options={"g": "10", "bf": "0"}
    )
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    source.write_bytes(data)

    report = derain_video(source, source.with_name("o.mp4"), network=PassThrough())

    assert report.corrupt_packets > 0
    assert 85 <= report.frames_out < 100
    assert len(look_at(source.with_name("o.mp4")).times) == report.frames_out


@pytest.mark.slow
def test_a_cut_file_gives_what_is_there_and_says_what_is_missing(
    make_clip: MakeClip,
) -> None:
    source = make_clip(
        "whole.mp4", frames=100, size=(320, 240), muxing={"movflags": "faststart"}
    )
    data = source.read_bytes()
    source.write_bytes(data[: len(data) * 2 // 3])

    with pytest.raises(DamagedSourceError, match=r"cut short: \d+ of 100") as error:
        derained(source)

    stored = error.value.report.frames_out
    assert 30 <= stored < 100
    assert len(look_at(source.with_name("out.mp4")).times) == stored


@pytest.mark.parametrize("content", [b"", b"no video at all" * 20])
def test_what_is_no_video_is_refused_and_the_old_output_stays(
    tmp_path: Path, content: bytes
) -> None:
    source, sink = tmp_path / "a.mp4", tmp_path / "out.mp4"
    source.write_bytes(content)
    sink.write_bytes(b"precious")

    with pytest.raises(SourceError, match=r"a\.mp4 cannot be read as video"):
        derain_video(source, sink, network=PassThrough())

    assert sink.read_bytes() == b"precious"


def test_audio_alone_is_no_video(tmp_path: Path) -> None:
    source = tmp_path / "song.m4a"
    with av.open(str(source), "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), np.float32), "fltp", "mono"
        )
        frame.sample_rate = 48000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    with pytest.raises(SourceError, match="holds no video, only audio"):
        derain_video(source, tmp_path / "out.mp4", network=PassThrough())


def test_the_cover_of_a_song_is_no_video(tmp_path: Path) -> None:
    song = tmp_path / "song.m4a"
    with av.open(str(song), "w", format="mp4") as output:
        audio = output.add_stream("aac", rate=48000, layout="mono")
        cover = output.add_stream("mjpeg", rate=25)
        assert isinstance(cover, av.VideoStream)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        output.mux(cover.encode(av.VideoFrame(64, 48, "yuvj420p")))
        output.mux(cover.encode(None))
        noise = np.zeros((1, 1024), np.float32)
        frame = av.AudioFrame.from_ndarray(noise, "fltp", "mono")
        frame.sample_rate = 48000
        output.mux(audio.encode(frame))
        output.mux(audio.encode(None))

    with pytest.raises(SourceError, match="holds no video, only a cover picture"):
        derain_video(song, tmp_path / "out.mp4", network=PassThrough())
