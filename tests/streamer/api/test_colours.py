"""What `derain_video` keeps of colours, depth and tags, and says of the rest."""

import itertools
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from sinks.encoding.options import EncodeOptions
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import first_picture, look_at, plane
from tests.support.runs.derained import derained


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
