"""Whether a path can be a video, and how its container is opened."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.encoding.options import EncodeOptions
from sinks.errors import SinkError
from sinks.files.muxing.container import (
    check_target,
    muxing_options,
    open_container,
    plays,
    reason_of,
)
from sources.container.parsers.mp4_boxes import boxes
from tests.conftest import Clip, picture_of

MPEG = Fraction(1, 25)


def written(path: Path, time_base: Fraction) -> Path:
    """Ten pictures from time 7 on."""
    container = open_container(path, time_base)
    stream = container.add_stream("mpeg4", rate=25)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    stream.codec_context.time_base = stream.time_base = time_base
    for index in range(10):
        picture = picture_of(Clip(), index)
        picture.pts, picture.time_base = 7 + index, time_base
        container.mux(stream.encode(picture))
    container.mux(stream.encode(None))
    container.close()
    return path


@pytest.mark.parametrize("name", ["out.mp4", "out.m4v", "out.mov", "out.mkv"])
def test_times_are_exact_from_the_first_on(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, MPEG)

    with av.open(str(path)) as video:
        times = [picture.time for picture in video.decode(video=0)]
    assert times == pytest.approx([(7 + index) / 25 for index in range(10)])


def test_mp4_is_an_ordinary_file_once_it_is_closed(tmp_path: Path) -> None:
    path = written(tmp_path / "out.mp4", MPEG)

    assert plays(path)
    with path.open("rb") as file:
        kinds = [box.kind for box in boxes(file, 0, path.stat().st_size)]
    assert kinds == ["ftyp", "free", "mdat", "moov"]


def test_a_name_with_a_colon_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    written(Path("12:30.mp4"), MPEG)

    assert plays(tmp_path / "12:30.mp4")


def test_tags_of_any_name_fit_where_that_is_asked(tmp_path: Path) -> None:
    for own in (False, True):
        path = tmp_path / f"{own}.mp4"
        container = open_container(path, MPEG, own_tags=own)
        container.metadata["weather"] = "rain"
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode(picture_of(Clip(), 0)))
        container.mux(stream.encode(None))
        container.close()

    tags = []
    for own in (False, True):
        with av.open(str(tmp_path / f"{own}.mp4")) as stored:
            tags.append(stored.metadata.get("weather"))
    assert tags == [None, "rain"]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("out.xyz", {}, "no video container has this suffix"),
        ("out.webm", {"codec": "h264"}, "does not hold 'h264' here; choose from"),
        ("out.mp4", {"codec": "h264", "quality": 52}, "quality of h264 is 0 to 51"),
        ("out.mp4", {"preset": "fastish"}, "preset of h264 is ultrafast"),
        ("out.webm", {"preset": "slow"}, "preset of av1 is 0 to 13; got 'slow'"),
        ("folder.mp4", {}, "is a folder"),
        ("notes/out.mp4", {}, "notes is no folder"),
    ],
)
def test_what_cannot_be_written_is_said_before(
    tmp_path: Path, name: str, options: dict[str, object], said: str
) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "notes").touch()

    with pytest.raises(SinkError, match=said) as caught:
        check_target(tmp_path / name, EncodeOptions(**options))  # type: ignore[arg-type] # named above

    assert "\n" not in str(caught.value)


def test_a_good_target_is_checked_and_not_made(tmp_path: Path) -> None:
    check_target(tmp_path / "new" / "OUT.MP4", EncodeOptions(quality=51))

    assert list(tmp_path.iterdir()) == []


def test_only_matroska_keeps_its_first_time() -> None:
    assert "avoid_negative_ts" in muxing_options("matroska")
    assert "avoid_negative_ts" in muxing_options("webm")
    assert "avoid_negative_ts" not in muxing_options("mpegts")


def test_a_file_without_video_does_not_play(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no film")

    assert not plays(tmp_path / "notes.mp4")
    assert not plays(tmp_path / "missing.mp4")


def test_an_error_without_words_has_its_kind() -> None:
    assert reason_of(OSError(28, "No space left")) == "No space left"
    assert reason_of(OSError()) == "OSError"
