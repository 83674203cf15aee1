"""From what a user types to a source, or to one line on what is wrong with it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from sources.errors import SourceError
from sources.files.images import Pictures
from sources.files.video import VideoFile
from sources.live.stream import LiveStream
from sources.opener import open_source, source_path
from sources.synthetic.street_source import DrawnStreet
from tests.conftest import MakeClip


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("", "No source was named"),
        ("nowhere/", "nowhere/ is no folder"),
        ("nowhere/%06d.png", "no file fits"),
        ("a%d_%d.png", "exactly one field"),
        ("camera:front", "wants a number"),
        ("camera:\u00b2", "wants a number"),
        ("camera:0?speed=3", "Unknown source option 'speed'; known: size, rate"),
        ("camera:77", "no /dev/video77"),
        ("test:snow", "only test source is test:rain"),
        ("test:rain?size=big", "size must be like"),
        ("test:rain?size=640x\u00b3", "size must be like"),
        ("test:rain?size=0x0", "at least"),
        ("test:rain?frames=-1", "frames must be a whole number"),
        ("test:rain?frames=\u00b9", "frames must be a whole number"),
        ("a%d.png?rate=0", "rate must be a number above 0"),
        ("a%d.png?rate=1/0", "rate must be a number above 0"),
        ("a%d.png?speed=1", "Unknown source option 'speed'; known: rate"),
        ("nowhere.mp4", "nowhere.mp4"),
        ("test:rain?speed=3", "Unknown source option 'speed'; known: size, frames"),
        ("gopher://x/y", "gopher:// is no source"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(uri: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as error:
        open_source(uri)

    assert "\n" not in str(error.value)


def drawn(path: Path) -> Path:
    assert cv2.imwrite(str(path), np.zeros((16, 16, 3), np.uint8))
    return path


def test_each_form_opens_its_kind_of_source(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    clip = make_clip("in.mp4", frames=1)
    drawn(tmp_path / "1.png")

    opened = {
        str(clip): VideoFile,
        f"{tmp_path}/1.png": Pictures,
        f"{tmp_path}/%d.png": Pictures,
        f"{tmp_path}/": Pictures,
        str(tmp_path): Pictures,
        "test:rain?size=32x32&frames=2": DrawnStreet,
        "rtsp://camera/x": LiveStream,
    }

    for uri, kind in opened.items():
        source = open_source(uri)
        source.close()
        assert isinstance(source, kind), uri


def test_a_file_whose_name_has_a_question_mark_is_that_file(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("what?rate=3.mp4", frames=1)

    source = open_source(str(clip))
    source.close()

    assert isinstance(source, VideoFile)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("a/in.mp4", Path("a/in.mp4")),
        ("a/?rate=30", Path("a")),
        ("a/%06d.png", Path("a")),
        ("a/%06d.png?rate=30", Path("a")),
        ("-", None),
        ("rtsp://camera/x", None),
        ("test:rain", None),
        ("camera:0", None),
        ("gst:videotestsrc ! appsink", None),
    ],
)
def test_the_file_or_folder_of_a_source_is_known(uri: str, path: Path | None) -> None:
    assert source_path(uri) == path


def test_a_file_that_looks_like_a_pattern_is_itself(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a%d.png")

    assert source_path(str(path)) == path


@pytest.mark.parametrize("scheme", ["srt", "rist"])
def test_what_only_gstreamer_knows_is_said_with_the_pipeline_for_it(
    scheme: str,
) -> None:
    with pytest.raises(SourceError, match=f"gst:{scheme}src"):
        open_source(f"{scheme}://10.0.0.7:5000")
