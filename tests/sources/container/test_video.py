import re
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import pytest

from sources.container.video import (
    announced,
    open_file,
    track_seconds,
    video_stream,
)
from sources.errors import SourceError
from tests.conftest import MakeClip


def audio_alone(path: Path) -> Path:
    with av.open(str(path), "w") as output:
        sound = output.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate, frame.pts = 8000, 0
        output.mux(sound.encode(frame))
    return path


def test_the_container_says_size_rate_and_colour(make_clip: MakeClip) -> None:
    path = make_clip(frames=5, size=(96, 64), matrix=1)

    with closing(open_file(path)) as container:
        info = announced(container, video_stream(container, path), chroma=2)

    assert (info.width, info.height, info.frames) == (96, 64, 5)
    assert info.frame_rate == 25
    assert (info.colour.matrix, info.colour.chroma_location) == (1, 2)
    assert info.duration == pytest.approx(0.2)


def test_matroska_says_by_a_tag_how_long_a_track_lasts(make_clip: MakeClip) -> None:
    path = make_clip("a.mkv", frames=5)

    with closing(open_file(path)) as container:
        stream = video_stream(container, path)
        seconds = track_seconds(stream)

    assert stream.duration is None
    assert seconds == pytest.approx(float(Fraction(5, 25)), abs=0.002)


def test_a_file_of_audio_alone_is_refused_and_closed(tmp_path: Path) -> None:
    path = audio_alone(tmp_path / "a.wav")
    container = open_file(path)

    with pytest.raises(
        SourceError, match=re.escape(f"{path} holds no video, only audio.")
    ):
        video_stream(container, path)

    with pytest.raises(AssertionError, match="Container is not open"):
        next(container.demux())


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: None, "there is no such file."),
        (lambda path: path.write_bytes(b"text"), "cannot be read as video: "),
        (lambda path: path.mkdir(), "cannot be read as video: Is a directory."),
        (lambda path: path.touch(), "cannot be read as video: the file is empty."),
    ],
)
def test_what_cannot_be_opened_is_one_line(
    tmp_path: Path, make: Callable[[Path], object], told: str
) -> None:
    path = tmp_path / "a.mp4"
    make(path)

    with pytest.raises(SourceError, match=re.escape(told)) as error:
        open_file(path)

    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_recording_that_broke_off_before_its_index_is_told(
    make_clip: MakeClip,
) -> None:
    """As of a dashcam that lost its power: MP4 ends with the index."""
    path = make_clip("dashcam.mp4", frames=25)
    path.write_bytes(path.read_bytes()[:-500])

    with pytest.raises(SourceError, match=r"its index \(moov\) is missing") as error:
        open_file(path)

    assert "\n" not in str(error.value)
