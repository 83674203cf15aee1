"""Whatever is in the source and not in the output is named in one line."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import pytest

from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.media.awkward import remuxed
from tests.support.runs.nothing_lost import unsaid_of


def notes_of(source: Path, sink: str) -> list[str]:
    return derain_video(source, source.with_name(sink), network=PassThrough()).notes


def with_cover(clip: Path, target: Path) -> Path:
    """Adds a cover picture to a clip."""
    jpeg = av.CodecContext.create("mjpeg", "w")
    assert isinstance(jpeg, av.VideoCodecContext)
    jpeg.width, jpeg.height, jpeg.pix_fmt = 64, 64, "yuvj420p"
    jpeg.framerate = Fraction(1)
    picture = av.VideoFrame(64, 64, "yuvj420p")
    picture.pts = 0
    [cover] = jpeg.encode(picture)
    with av.open(str(clip)) as film, av.open(str(target), "w") as output:
        video = output.add_stream_from_template(film.streams.video[0])
        image = output.add_mux_stream("mjpeg", width=64, height=64)
        image.disposition = av.stream.Disposition.attached_pic
        cover.stream = image
        cover.pts = cover.dts = 0
        output.mux(cover)
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                output.mux(packet)
    return target


def with_box(clip: Path, target: Path, box: bytes) -> Path:
    """Puts a box at the end of the movie's head; that lies at the end of the file."""
    data = clip.read_bytes()
    at = data.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", data, at)
    head = struct.pack(">I", size + len(box)) + data[at + 4 : at + size] + box
    target.write_bytes(data[:at] + head)
    return target


@pytest.mark.parametrize("sink", ["out.mp4", "out.mov", "out.mkv"])
@pytest.mark.parametrize("source", ["in.mp4", "in.mov", "in.mkv"])
def test_of_an_ordinary_clip_nothing_is_lost(
    make_clip: MakeClip, source: str, sink: str
) -> None:
    clip = make_clip(source, frames=12, audio=True, chapters=True, title="rain")

    assert notes_of(clip, sink) == []


@pytest.mark.parametrize("sink", ["out.mp4", "out.mov", "out.mkv"])
def test_a_cover_comes_along_and_leaves_no_empty_track(
    make_clip: MakeClip, sink: str
) -> None:
    source = with_cover(make_clip(frames=12), Path(make_clip().with_name("in.mp4")))

    assert notes_of(source, sink) == []
    with av.open(str(source.with_name(sink))) as container:
        covers = [
            bool(stream.disposition & av.stream.Disposition.attached_pic)
            for stream in container.streams
        ]
    assert covers == [False, True]


@pytest.mark.parametrize("sink", ["out.mp4", "out.mov", "out.mkv"])
def test_tags_of_any_name_come_along(make_clip: MakeClip, sink: str) -> None:
    clip = make_clip(frames=3, audio=True)
    source = clip.with_name("phone.mp4")
    own = {"com.android.version": "14", "camera_id": "CAM7", "make": "Acme"}
    keys = {"movflags": "use_metadata_tags"}
    with av.open(str(clip)) as film, av.open(str(source), "w", options=keys) as output:
        to = {s.index: output.add_stream_from_template(s) for s in film.streams}
        output.metadata.update(own)
        for packet in film.demux():
            if packet.dts is not None:
                packet.stream = to[packet.stream.index]
                output.mux(packet)

    assert notes_of(source, sink) == []
    with av.open(str(source.with_name(sink))) as container:
        found = {key.lower(): value for key, value in container.metadata.items()}
    assert own.items() <= found.items()


def test_the_log_of_a_dashcam_is_named(make_clip: MakeClip) -> None:
    clip = make_clip(frames=3)
    box = struct.pack(">I4sII", 16, b"gps ", 0x101, 0)
    source = with_box(clip, clip.with_name("dash.mp4"), box)

    assert notes_of(source, "out.mp4") == ["left out: the GPS log of the camera (gps)"]


def test_a_box_that_nobody_foresaw_is_named(make_clip: MakeClip) -> None:
    clip = make_clip(frames=3)
    source = with_box(clip, clip.with_name("x.mp4"), struct.pack(">I4s", 8, b"qQq1"))

    assert notes_of(source, "out.mp4") == ["left out: data in qQq1 boxes"]


def test_a_tag_that_the_container_drops_is_named(make_clip: MakeClip) -> None:
    source = make_clip(frames=3)
    tagged = source.with_name("tagged.mkv")
    with av.open(str(source)) as film, av.open(str(tagged), "w") as output:
        copy = output.add_stream_from_template(film.streams.video[0])
        copy.metadata["MOOD"] = "wet"
        for packet in film.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)

    assert notes_of(tagged, "out.mp4") == ["left out: the tag mood of the video stream"]


def test_what_is_named_as_a_stream_is_not_named_again(make_clip: MakeClip) -> None:
    clip = make_clip(frames=12, audio=True)
    source = remuxed(clip, clip.with_name("in.mkv"), keep=("video",))

    assert notes_of(source, "out.mp4") == [
        "audio stream 1 (aac) is left out: it holds nothing"
    ]


@pytest.mark.parametrize("sink", ["out.mp4", "out.mkv"])
def test_a_crop_of_the_container_is_named(make_clip: MakeClip, sink: str) -> None:
    source = with_aperture(make_clip("in.mp4", frames=3), 32, 24)

    assert notes_of(source, sink) == [
        "the crop of the picture is left out: the border that players hide shows now"
    ]


def test_an_aperture_that_shows_all_is_no_crop(make_clip: MakeClip) -> None:
    source = with_aperture(make_clip("in.mp4", frames=3, size=(64, 48)), 64, 48)

    assert notes_of(source, "out.mkv") == []


def with_aperture(source: Path, width: int, height: int) -> Path:
    clap = struct.pack(">I4s8I", 40, b"clap", width, 1, height, 1, 0, 1, 0, 1)
    data = source.read_bytes()
    grown = bytearray(data)
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"):
        at = data.index(name, data.index(b"moov")) - 4
        struct.pack_into(">I", grown, at, struct.unpack_from(">I", data, at)[0] + 40)
    at = data.index(b"avc1", data.index(b"moov")) - 4
    end = at + struct.unpack_from(">I", data, at)[0]
    source.write_bytes(bytes(grown[:end]) + clap + bytes(grown[end:]))
    return source


def test_the_watch_over_all_tests_sees_what_no_note_names(make_clip: MakeClip) -> None:
    rich = make_clip("rich.mkv", frames=3, audio=True, chapters=True, title="rain")
    plain = make_clip("plain.mkv", frames=3)

    assert sorted(unsaid_of(rich, plain, [])) == ["audio", "chapters", "title"]
    assert unsaid_of(rich, plain, ["left out: audio stream, chapters, title"]) == []
    assert unsaid_of(rich, rich, []) == []
