"""From file to file with real files, real codecs and a network that changes nothing."""

import os
from pathlib import Path
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from sinks import SinkError
from sinks.encoding.options import EncodeOptions
from sources import SourceError
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at


def test_source_and_sink_may_not_be_the_same_file(make_clip: MakeClip) -> None:
    source = make_clip(frames=3)
    link = source.with_name("link.mp4")
    link.symlink_to(source)
    before = source.read_bytes()

    for sink in (source, link):
        with pytest.raises(SinkError, match="are the same"):
            derain_video(source, sink, network=PassThrough())

    assert source.read_bytes() == before


def test_a_full_disk_is_named(make_clip: MakeClip) -> None:
    source = make_clip(frames=60, size=(320, 240))
    full = source.with_name("full.mkv")
    full.symlink_to("/dev/full")

    with pytest.raises(SinkError, match="No space left on device"):
        derain_video(source, full, network=PassThrough())


def test_the_network_is_closed_and_the_report_counts(make_clip: MakeClip) -> None:
    network = PassThrough()
    source = make_clip(frames=20, audio=True)

    report = derain_video(source, source.with_name("o.mp4"), network=network)

    assert network.closed
    assert (report.frames_in, report.frames_out, report.dropped) == (20, 20, {})
    assert (report.width, report.height) == (64, 48)
    assert (report.decoder, report.encoder) == ("h264", "libx264")
    assert report.audio_packets > 10
    stages = {"prepare", "decode", "to_rgb", "network", "encode"}
    assert set(report.stages) == stages
    assert report.problem == ""


def test_an_unknown_preset_is_refused_and_the_old_output_stays(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=3)
    sink = source.with_name("out.mp4")
    sink.write_bytes(b"precious")

    with pytest.raises(SinkError, match="got 'fastish'"):
        derain_video(
            source, sink, network=PassThrough(), encode=EncodeOptions(preset="fastish")
        )

    assert sink.read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["12:30.mp4", "file:a.mkv", "50%.mp4", "a?b.mkv"])
def test_a_file_may_have_any_name(
    make_clip: MakeClip, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(f"clip{Path(name).suffix}", frames=3, audio=True)
    clip.rename(clip.with_name(name))
    monkeypatch.chdir(clip.parent)

    derain_video(name, f"o:{name}", network=PassThrough())

    assert len(look_at(clip.with_name(f"o:{name}")).times) == 3
    assert look_at(clip.with_name(f"o:{name}")).streams == ["video", "audio"]


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)

    with pytest.raises(SourceError, match="is a pipe; only a file can be read"):
        derain_video(pipe, tmp_path / "out.mp4", network=PassThrough())


@pytest.mark.parametrize("quality", [-1, 52])
def test_a_quality_that_the_chosen_encoder_does_not_know_is_refused(
    make_clip: MakeClip, quality: int
) -> None:
    source = make_clip(frames=3)
    sink = source.with_name("out.mp4")
    sink.write_bytes(b"precious")

    with pytest.raises(SinkError, match=f"quality of h264 is 0 to 51, got {quality}"):
        derain_video(
            source, sink, network=PassThrough(), encode=EncodeOptions(quality=quality)
        )

    assert sink.read_bytes() == b"precious"


def test_a_run_tells_how_many_frames_are_stored(make_clip: MakeClip) -> None:
    told: list[int] = []

    source = make_clip(frames=7)
    derain_video(source, "null:", network=PassThrough(), on_frame=told.append)

    assert told == [1, 2, 3, 4, 5, 6, 7]


def test_a_run_that_is_told_to_stop_completes_what_it_stored(
    make_clip: MakeClip,
) -> None:
    source, stop = make_clip(frames=200), Event()
    sink = source.with_name("out.mp4")

    def stop_after(frames: int) -> None:
        if frames == 3:
            stop.set()
            for thread in enumerate_threads():
                if thread.name == "stop":
                    thread.join()

    report = derain_video(
        source, sink, network=PassThrough(), on_frame=stop_after, stop=stop
    )

    assert report.interrupted
    assert report.frames_out < 200
    assert len(look_at(sink).times) == report.frames_out


def test_a_run_that_was_stopped_before_it_began_stores_nothing(
    make_clip: MakeClip,
) -> None:
    source, stop = make_clip(frames=200), Event()
    stop.set()

    report = derain_video(source, "null:", network=PassThrough(), stop=stop)

    assert report.interrupted
    assert report.frames_out < 200
