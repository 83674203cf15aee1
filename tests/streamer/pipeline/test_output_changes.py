"""What a video stores once, and a source changes on the way, is said."""

from pathlib import Path

import pytest

from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough


def one_behind_the_other(first: Path, second: Path) -> Path:
    both = first.with_name(f"both{first.suffix}")
    both.write_bytes(first.read_bytes() + second.read_bytes())
    return both


def notes_of(source: Path, sink: str = "out.mkv") -> list[str]:
    report = derain_video(source, source.with_name(sink), network=PassThrough())
    assert report.frames_out == 12
    return report.notes


def turned(clip: Path) -> Path:
    """Says before each key frame that it is to be shown turned by 90 degrees."""
    display_orientation = bytes((0, 0, 1, 6, 47, 3, 0x08, 0x00, 0x09, 0x80))
    key_frame = bytes((0, 0, 1, 0x65))
    target = clip.with_name("turned.h264")
    target.write_bytes(
        clip.read_bytes().replace(key_frame, display_orientation + key_frame)
    )
    return target


@pytest.mark.parametrize(
    ("codec", "suffix", "finer", "note"),
    [
        ("libx264", "h264", "yuv444p", "4:4:4 8 bit at frame 6; stored as 4:2:0 8 bit"),
        (
            "libx265",
            "hevc",
            "yuv420p10le",
            "4:2:0 10 bit at frame 6; stored as 4:2:0 8 bit",
        ),
    ],
)
def test_pictures_that_become_finer_than_what_is_stored_are_noted(
    make_clip: MakeClip, codec: str, suffix: str, finer: str, note: str
) -> None:
    coarse = make_clip(f"a.{suffix}", frames=6, codec=codec)
    fine = make_clip(f"b.{suffix}", frames=6, codec=codec, pixel_format=finer)

    assert notes_of(one_behind_the_other(coarse, fine)) == [
        f"the pictures change to {note}"
    ]


def test_pictures_that_become_coarser_need_no_note(make_clip: MakeClip) -> None:
    fine = make_clip("b.h264", frames=6, pixel_format="yuv444p")
    coarse = make_clip("a.h264", frames=6)

    assert notes_of(one_behind_the_other(fine, coarse)) == []


HEADS = {"x264-params": "bframes=0:keyint=3:repeat-headers=1"}


def test_a_turn_that_changes_on_the_way_is_noted(make_clip: MakeClip) -> None:
    upright = make_clip("a.h264", frames=6, options=HEADS)
    source = one_behind_the_other(upright, turned(upright))

    assert notes_of(source) == [
        "the turn or mirror for showing changes at frame 6; that of the first is stored"
    ]


def test_a_turn_that_only_key_frames_tell_is_no_change(make_clip: MakeClip) -> None:
    assert notes_of(turned(make_clip("a.h264", frames=12, options=HEADS))) == []
