from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks import SinkError, open_sink
from sinks.encoding.options import EncodeOptions
from sources.frame import Colour, Frame, StreamInfo


@pytest.mark.parametrize(
    ("uri", "options", "message"),
    [
        ("out.xyz", {}, r"no video container has this suffix \(.mp4"),
        ("out", {}, "is neither a video file"),
        ("/dev/null/out.mp4", {}, "/dev/null is no folder"),
        ("photos", {}, "photos/ with a slash is filled with pictures"),
        ("out.webm", {"quality": 64}, "quality of av1 is 0 to 63, got 64"),
        ("out.mkv", {"preset": "fastish"}, "preset of h264 is ultrafast, superfast"),
        ("out.webm", {"preset": "slow"}, "preset of av1 is 0 to 13; got 'slow'"),
        ("rtsp://h/x", {"quality": 80}, "quality of h264 is 0 to 51, got 80"),
        ("out.webm", {"codec": "h264"}, r"\.webm does not hold 'h264' here"),
        ("out.mp4", {"codec": "h264", "quality": 80}, "quality of h264 is 0 to 51"),
        ("", {}, "no sink was named"),
        (".", {}, r"\. is a folder; \./ fills it with pictures"),
        ("a%s_%d.png", {}, "exactly one field such as %06d"),
        ("ftp://a/b.mp4", {}, "ftp:// is no sink"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_happens(
    uri: str,
    options: dict[str, str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # wherever tests run, a folder `out` may lie
    with pytest.raises(SinkError, match=message) as error:
        open_sink(uri, encode=EncodeOptions(**options))  # type: ignore[arg-type] # they are named above

    assert "\n" not in str(error.value)


def test_nothing_is_created_by_opening(tmp_path: Path) -> None:
    open_sink(str(tmp_path / "out.mp4")).close()
    open_sink(f"{tmp_path}/pictures/").close()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_written_over_itself(tmp_path: Path) -> None:
    for uri in (f"{tmp_path}/", str(tmp_path / "%06d.png")):
        with pytest.raises(SinkError, match="are the same"):
            open_sink(uri, source=tmp_path)


def test_a_percent_sign_alone_is_a_part_of_a_name(tmp_path: Path) -> None:
    sink = open_sink(str(tmp_path / "out%20day.png"))
    rgb = av.VideoFrame(32, 32, "rgb24")
    stream = StreamInfo(
        width=32,
        height=32,
        pixel_format="rgb24",
        time_base=Fraction(1, 25),
        colour=Colour(),
    )

    sink.begin(stream)
    sink.write(
        Frame(picture=rgb, index=0, pts=0, time_base=Fraction(1, 25), colour=Colour())
    )

    assert [path.name for path in tmp_path.iterdir()] == ["out%20day.png"]
