"""What `derain_video` keeps of sizes, rotation and the shape of pixels."""

from fractions import Fraction
from pathlib import Path

import pytest

from sinks.encoding.options import EncodeOptions
from streamer import derain_video
from streamer.settings import RunOptions
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at
from tests.support.runs.derained import derained


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
