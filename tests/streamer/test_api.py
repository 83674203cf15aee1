"""From file to file with real files, real codecs and a network that changes nothing."""

import itertools
import os
from fractions import Fraction
from pathlib import Path
from threading import Event
from threading import enumerate as enumerate_threads

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition
from av.subtitles.stream import SubtitleStream

from sinks import SinkError
from sinks.encoding.options import EncodeOptions
from sources import SourceError
from streamer import DamagedSourceError, derain_video
from streamer.settings import RunOptions
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import first_picture, look_at, payload, plane

VFR = [0, 2992, 8028, 11033, 20000, 20400, 29000, 41000, 41500, 60000, 63000, 66000]


def derained(source: Path, name: str = "out.mp4", **options: object) -> Path:
    sink = source.with_name(name)
    derain_video(source, sink, network=PassThrough(), **options)  # type: ignore[arg-type] # options are named by the test
    return sink


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
def test_a_variable_frame_rate_is_kept_within_a_millisecond(
    make_clip: MakeClip, name: str
) -> None:
    source = make_clip(times=VFR, time_base=Fraction(1, 90000), audio=True)

    sink = derained(source, name)

    before, after = look_at(source).times, look_at(sink).times
    assert len(after) == len(VFR)
    pairs = zip(before, after, strict=True)
    assert max(abs(a - b) for a, b in pairs) <= Fraction(1, 1000)


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_a_start_other_than_zero_is_kept(make_clip: MakeClip, name: str) -> None:
    times = [128_000 + index * 512 for index in range(12)]
    source = make_clip("late.mkv", times=times, time_base=Fraction(1, 12800))

    sink = derained(source, name)

    assert abs(look_at(sink).times[0] - look_at(source).times[0]) <= Fraction(1, 1000)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_every_frame_comes_out_of_every_codec(make_clip: MakeClip, codec: str) -> None:
    source = make_clip(frames=30)

    sink = derained(source, encode=EncodeOptions(codec=codec))

    assert len(look_at(sink).times) == 30
    assert look_at(sink).times == look_at(source).times


def test_audio_is_copied_packet_for_packet_with_its_language(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=30, audio=True, title="Rain", chapters=True)

    sink = derained(source)

    assert payload(sink, "audio") == payload(source, "audio")
    assert look_at(sink).languages == look_at(source).languages
    assert look_at(sink).streams == look_at(source).streams
    assert look_at(sink).metadata["title"] == "Rain"
    with av.open(str(sink)) as container:
        assert [c["metadata"]["title"] for c in container.chapters()] == ["first"]


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_audio_of_a_transport_stream_fits_into_other_containers(
    make_clip: MakeClip, name: str
) -> None:
    source = make_clip("clip.ts", frames=30, audio=True, time_base=Fraction(1, 90000))

    sink = derained(source, name)

    assert look_at(sink).streams == ["video", "audio"]

    with av.open(str(sink)) as copied, av.open(str(source)) as original:
        samples = [
            sum(frame.samples for frame in container.decode(audio=0))
            for container in (copied, original)
        ]
    assert samples[0] == samples[1]


def test_a_run_cut_short_takes_no_more_audio_than_pictures(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=100, audio=True)

    sink = derained(source, run=RunOptions(max_frames=25))

    with av.open(str(sink)) as container:
        audio = container.streams.audio[0]
        assert audio.duration is not None
        assert audio.time_base is not None
        assert float(audio.duration * audio.time_base) == pytest.approx(1.0, abs=0.1)
    assert len(look_at(sink).times) == 25


@pytest.mark.parametrize(
    ("matrix", "full_range"), list(itertools.product((1, 5, 6, 9, 2), (1, 2)))
)
def test_colour_tags_are_carried(
    make_clip: MakeClip, matrix: int, full_range: int
) -> None:
    curve = 2 if matrix == 2 else 1
    source = make_clip(
        frames=3, matrix=matrix, full_range=full_range, primaries=curve, transfer=curve
    )

    sink = derained(source)

    assert look_at(sink).tags == look_at(source).tags


def test_an_untagged_clip_stays_untagged(make_clip: MakeClip) -> None:
    assert look_at(derained(make_clip(frames=3))).tags == {(2, 0, 2, 2)}


@pytest.mark.parametrize("place", ["left", "topleft"])
def test_the_place_of_the_chroma_samples_is_carried(
    make_clip: MakeClip, place: str
) -> None:
    from sources import open_source

    source = make_clip(frames=3, options={"chroma_sample_location": place})

    sink = derained(source)

    before, after = open_source(str(source)), open_source(str(sink))
    expected = {"left": {0, 1}, "topleft": {3}}[place]
    assert before.info.colour.chroma_location in expected
    assert after.info.colour.chroma_location in expected
    before.close()
    after.close()


@pytest.mark.parametrize(
    ("matrix", "full_range"), [(5, 1), (5, 2), (1, 1), (1, 2), (2, 0)]
)
def test_a_flat_colour_survives_the_whole_way_within_two_levels(
    make_clip: MakeClip, matrix: int, full_range: int
) -> None:
    flat = (126, 100, 150)
    source = make_clip(
        frames=3, flat=flat, matrix=matrix, full_range=full_range, options={"qp": "0"}
    )

    after = first_picture(derained(source, encode=EncodeOptions(quality=1)))

    for number, level in enumerate(flat):
        worst = np.abs(plane(after, number).astype(int) - level).max()
        assert worst <= 2


@pytest.mark.parametrize("place", ["left", "center", "topleft"])
def test_chroma_does_not_move_to_the_side(make_clip: MakeClip, place: str) -> None:
    source = make_clip(
        frames=2, size=(256, 64), options={"qp": "0", "chroma_sample_location": place}
    )

    before, after = (
        first_picture(source),
        first_picture(derained(source, encode=EncodeOptions(quality=1))),
    )

    difference = plane(after, 1).astype(float) - plane(before, 1)
    assert np.abs(difference).mean() < 0.8


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [
        ("libx264", "yuv420p"),
        ("libx264", "yuv422p"),
        ("libx264", "yuv444p"),
        ("libx265", "yuv420p10le"),
        ("libx265", "yuv444p10le"),
        ("libx265", "yuv420p12le"),
    ],
)
def test_depth_and_sampling_are_kept(
    make_clip: MakeClip, codec: str, pixel_format: str
) -> None:
    source = make_clip(frames=3, codec=codec, pixel_format=pixel_format)

    assert look_at(derained(source)).pixel_formats == {pixel_format}


def test_what_an_encoder_cannot_keep_is_said(make_clip: MakeClip) -> None:
    source = make_clip(frames=3, codec="libx265", pixel_format="yuv444p12le")

    report = derain_video(
        source,
        source.with_name("o.mp4"),
        network=PassThrough(),
        encode=EncodeOptions(codec="av1"),
    )

    assert report.notes == ["libsvtav1 stores 4:2:0 10 bit; the source is 4:4:4 12 bit"]


@pytest.mark.parametrize("size", [(65, 49), (64, 49), (65, 48)])
@pytest.mark.parametrize("codec", ["auto", "hevc", "av1"])
def test_an_odd_size_is_kept_to_the_pixel(
    make_clip: MakeClip, size: tuple[int, int], codec: str
) -> None:
    source = make_clip("odd.mkv", frames=3, size=size, codec="ffv1")

    assert look_at(derained(source, encode=EncodeOptions(codec=codec))).sizes == {size}


def test_rotation_and_pixel_aspect_are_kept(make_clip: MakeClip) -> None:
    source = make_clip(frames=3, rotation=90, pixel_aspect=Fraction(4, 3))

    for name in ("out.mp4", "out.mkv"):
        seen = look_at(derained(source, name))
        assert seen.rotations == look_at(source).rotations
        assert seen.pixel_aspect == Fraction(4, 3)


def test_compare_doubles_the_width_the_viewer_sees(make_clip: MakeClip) -> None:
    upright = derained(
        make_clip("a.mp4", frames=3), "ua.mp4", run=RunOptions(compare=True)
    )
    turned = derained(
        make_clip("b.mp4", frames=3, rotation=90),
        "tb.mp4",
        run=RunOptions(compare=True),
    )

    assert look_at(upright).sizes == {(128, 48)}
    assert look_at(turned).sizes == {(64, 96)}


def test_a_size_that_changes_in_mid_stream_is_scaled_and_said(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    parts = [
        make_clip(f"{n}.h264", frames=6, size=size).read_bytes()
        for n, size in enumerate([(64, 48), (96, 64)])
    ]
    source = tmp_path / "both.h264"
    source.write_bytes(b"".join(parts))

    report = derain_video(source, tmp_path / "out.mp4", network=PassThrough())

    assert report.frames_out == 12
    assert look_at(tmp_path / "out.mp4").sizes == {(64, 48)}
    assert report.notes == [
        "the picture size changes to 96x64 at frame 6; scaled to 64x48"
    ]


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


def with_subtitles(source: Path, path: Path, codec: str) -> Path:
    """Puts the packets of `source` and one line of text into a new file."""
    with av.open(str(source)) as clip, av.open(str(path), "w") as output:
        original = clip.streams.video[0]
        copy = output.add_stream_from_template(original)
        text = output.add_stream(codec)
        assert isinstance(text, SubtitleStream)
        text.codec_context.subtitle_header = (
            b"[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\n[Events]\n"
        )
        text.codec_context.time_base = text.time_base = Fraction(1, 1000)
        text.metadata["language"] = "fra"
        line = b"\x00\x08Il pleut" if codec == "mov_text" else b"Il pleut"
        for packet in clip.demux(original):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
        spoken: av.Packet[av.stream.Stream] = av.Packet(line)
        spoken.stream, spoken.time_base = text, Fraction(1, 1000)
        spoken.pts = spoken.dts = 200
        spoken.duration = 300
        output.mux(spoken)
    return path


@pytest.mark.parametrize(
    ("name", "codec", "sink"),
    [
        ("in.mp4", "mov_text", "out.mp4"),
        ("in.mkv", "subrip", "out.mkv"),
        ("in.mp4", "mov_text", "out.mkv"),
        ("in.mkv", "subrip", "out.mp4"),
    ],
)
def test_subtitles_keep_text_time_and_language(
    make_clip: MakeClip, name: str, codec: str, sink: str
) -> None:
    clip = make_clip(frames=25)
    source = with_subtitles(clip, clip.with_name(name), codec)

    out = derained(source, sink)

    with av.open(str(out)) as container:
        stream = container.streams.subtitles[0]
        packets = [p for p in container.demux(stream) if b"Il pleut" in bytes(p)]
        assert stream.language == "fra"
        assert stream.time_base is not None
        assert packets[0].pts is not None
        start = packets[0].pts * stream.time_base
        assert abs(start - Fraction(1, 5)) <= Fraction(1, 1000)


def test_lost_hdr10_data_is_said(make_clip: MakeClip) -> None:
    light = "log-level=none:max-cll=1000,400"
    source = make_clip(
        frames=3,
        codec="libx265",
        pixel_format="yuv420p10le",
        options={"x265-params": light},
    )

    report = derain_video(source, source.with_name("o.mp4"), network=PassThrough())

    assert report.notes == ["left out: the HDR10 mastering and light level data"]


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


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tiff"])
@pytest.mark.parametrize("height", [48, 720])
def test_a_picture_keeps_its_colours_in_a_video(
    tmp_path: Path, name: str, height: int
) -> None:
    picture = np.full((height, 64, 3), (16, 77, 190), np.uint8)
    cv2.imwrite(str(tmp_path / name), picture)

    derain_video(
        tmp_path / name,
        tmp_path / "o.mp4",
        network=PassThrough(),
        encode=EncodeOptions(quality=1),
    )

    shown = first_picture(tmp_path / "o.mp4").to_ndarray(format="bgr24")
    assert np.abs(shown.astype(int) - picture).max() <= 2


def test_colours_that_change_in_mid_stream_stay_as_they_look(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    flat, options = (100, 90, 180), {"qp": "0"}
    tags = [(1, 1), (5, 2)]
    parts = [
        make_clip(
            f"{matrix}.h264",
            frames=6,
            flat=flat,
            matrix=matrix,
            full_range=full_range,
            options=options,
        ).read_bytes()
        for matrix, full_range in tags
    ]
    source, sink = tmp_path / "both.h264", tmp_path / "o.mp4"
    source.write_bytes(b"".join(parts))

    report = derain_video(
        source, sink, network=PassThrough(), encode=EncodeOptions(quality=1)
    )

    with av.open(str(source)) as before, av.open(str(sink)) as after:
        for one, other in zip(
            before.decode(video=0), after.decode(video=0), strict=True
        ):
            looks = [f.to_ndarray(format="rgb24").astype(int) for f in (one, other)]
            assert np.abs(looks[0] - looks[1]).max() <= 3
    assert report.notes == [
        "matrix or range of the colours change at frame 6; converted to those of the "
        "first"
    ]


def test_the_language_of_audio_survives_quicktime(make_clip: MakeClip) -> None:
    source = make_clip(frames=25, audio=True, audio_language="deu")

    sink = derained(source, "out.mov")

    assert look_at(sink).languages[1] == "ger"


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
def test_audio_that_only_counts_its_channels_is_copied(
    make_clip: MakeClip, name: str
) -> None:
    clip = make_clip(frames=50)
    source = clip.with_name("pcm.mkv")
    with av.open(str(clip)) as pictures, av.open(str(source), "w") as output:
        copy = output.add_stream_from_template(pictures.streams.video[0])
        audio = output.add_stream("pcm_s16le", rate=48000, layout="stereo")
        noise = np.zeros((1, 2 * 96000), np.int16)
        frame = av.AudioFrame.from_ndarray(noise, "s16", "stereo")
        frame.sample_rate, frame.time_base = 48000, Fraction(1, 48000)
        output.mux(audio.encode(frame))
        for packet in pictures.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    with av.open(str(source)) as made:
        assert made.streams.audio[0].layout.name == "2 channels"

    sink = derained(source, name)

    assert len(look_at(sink).times) == 50
    assert payload(sink, "audio") == payload(source, "audio")


def test_a_rate_that_counts_the_ticks_of_a_clock_goes_into_webm(
    make_clip: MakeClip,
) -> None:
    source = make_clip("clip.mkv", frames=30, rate=1000, time_base=Fraction(1, 1000))

    sink = derained(source, "out.webm")

    assert look_at(sink).times == look_at(source).times


def test_tags_of_a_telephone_come_out_in_mp4(make_clip: MakeClip) -> None:
    clip = make_clip(frames=3)
    source = clip.with_name("phone.mov")
    keys = {"movflags": "use_metadata_tags"}
    with av.open(str(clip)) as film, av.open(str(source), "w", options=keys) as output:
        copy = output.add_stream_from_template(film.streams.video[0])
        output.metadata["com.apple.quicktime.make"] = "Apple"
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)

    report = derain_video(source, source.with_name("o.mp4"), network=PassThrough())

    assert report.notes == []
    with av.open(str(source.with_name("o.mp4"))) as container:
        assert container.metadata["com.apple.quicktime.make"] == "Apple"


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
