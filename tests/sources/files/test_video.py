from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sources import HasHealth, open_source
from sources.errors import SourceError
from sources.files.video import VideoFile
from tests.conftest import MakeClip
from tests.support.media.awkward import with_late_picture


def test_frames_carry_their_time_colour_and_rotation(make_clip: MakeClip) -> None:
    source = open_source(
        str(make_clip(frames=5, matrix=1, full_range=2, rotation=90, audio=True))
    )

    frames = list(source)
    source.close()

    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.pts * frame.time_base for frame in frames] == [
        Fraction(index, 25) for index in range(5)
    ]
    assert {(f.colour.matrix, f.colour.full_range) for f in frames} == {(1, 2)}
    assert {frame.rotation for frame in frames} in ({90}, {270})
    assert all(frame.arrived_ns > 0 for frame in frames)


def test_the_container_says_size_rate_and_length(make_clip: MakeClip) -> None:
    source = open_source(str(make_clip(frames=50, size=(96, 64))))

    info = source.info
    source.close()

    assert (info.width, info.height, info.frames) == (96, 64, 50)
    assert info.frame_rate == 25
    assert info.duration == pytest.approx(2.0)
    assert info.decoder == "h264"
    assert not info.live


def test_a_source_may_be_closed_twice(make_clip: MakeClip) -> None:
    source = open_source(str(make_clip(frames=1)))

    source.close()
    source.close()


def test_frames_left_out_inside_matroska_are_noted(make_clip: MakeClip) -> None:
    path = make_clip("a.mkv", frames=100, options={"bf": "0", "g": "10"})
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    source = open_source(str(path))

    frames = list(source)
    source.close()

    assert isinstance(source, HasHealth)
    health = source.health
    assert len(frames) < 100
    assert health.corrupt_packets or health.notes


def test_a_picture_of_avi_that_cannot_be_decoded_moves_no_other(
    make_clip: MakeClip,
) -> None:
    path = make_clip(
        "a.avi",
        frames=10,
        codec="mjpeg",
        pixel_format="yuvj420p",
        time_base=Fraction(1, 25),
    )
    data = bytearray(path.read_bytes())
    start = data.index(b"movi")
    for _ in range(4):
        start = data.index(b"00dc", start) + 4
    size = int.from_bytes(data[start : start + 4], "little")
    data[start + 4 : start + 4 + size] = bytes(size)
    path.write_bytes(data)

    source = open_source(str(path))
    times = [frame.pts for frame in source]
    source.close()

    assert times == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_transparency_that_decoders_pass_over_is_noted(tmp_path: Path) -> None:
    clip = tmp_path / "sticker.webm"
    with av.open(str(clip), "w") as container:
        video = container.add_stream("libvpx-vp9", rate=10)
        video.width = video.height = 64
        video.pix_fmt = "yuva420p"
        for index in range(3):
            picture = av.VideoFrame.from_ndarray(
                np.full((64, 64, 4), 128, np.uint8), "rgba"
            ).reformat(format="yuva420p")
            picture.pts = index
            container.mux(video.encode(picture))
        container.mux(video.encode())

    source = open_source(str(clip))
    pictures = list(source)
    source.close()

    assert len(pictures) == 3
    assert isinstance(source, HasHealth)
    assert source.health.notes == ["the transparency of the source is left out"]


def test_a_video_of_a_codec_that_nobody_knows_is_refused_in_one_line(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("clip.mkv", frames=3)
    known, unknown = b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/XYZ"
    clip.write_bytes(clip.read_bytes().replace(known, unknown))

    with pytest.raises(SourceError, match=r"does not know the codec") as caught:
        open_source(str(clip))

    assert str(clip) in str(caught.value)


def test_a_picture_that_comes_long_after_its_turn_moves_no_other(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    clip = make_clip("a.mkv", frames=80, codec="mjpeg", pixel_format="yuvj420p")
    path = with_late_picture(clip, tmp_path / "late.mp4", late=10, behind=59)

    with closing(VideoFile(path)) as file:
        times = [frame.pts * frame.time_base * 25 for frame in file]

    assert times == [n for n in range(80) if n != 10]
    assert file.health.corrupt_packets == 1
    assert file.health.notes == []
