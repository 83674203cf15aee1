"""A video on the standard output, which is a pipe here."""

import io
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from sinks.encoding.options import EncodeOptions
from sinks.errors import SinkError, UnplayableError
from sinks.files import pipe
from sinks.files.pipe import PipedVideo
from tests.conftest import MakeClip
from tests.support.media.frames import INFO, frames

PIPE_HOLDS = 65_536


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Gives both ends of a pipe, the second of which is the standard output."""
    both = list(os.pipe())
    monkeypatch.setattr(pipe, "_OUT", both[1])
    yield both
    for end in both:
        os.close(end)


def fill(video: PipedVideo, count: int) -> None:
    for frame in frames(count):
        video.write(frame)
    video.finish(whole=True)


def sent(ends: list[int], video: PipedVideo, count: int = 5) -> bytes:
    """Writes some frames, and returns what came out at the other end."""
    video.begin(INFO)
    fill(video, count)
    video.close()
    os.set_blocking(ends[0], False)
    data = os.read(ends[0], PIPE_HOLDS)
    assert len(data) < PIPE_HOLDS
    return data


@pytest.mark.parametrize("container", ["matroska", "nut", "mpegts"])
def test_frames_come_out_in_order_at_the_other_end(
    ends: list[int], container: str
) -> None:
    video = PipedVideo(encode=EncodeOptions(container=container))

    data = sent(ends, video)

    with av.open(io.BytesIO(data), "r") as received:
        assert received.format.name.split(",")[0] == container
        times = [float(picture.time or 0) for picture in received.decode(video=0)]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps == pytest.approx([0.04] * 4, abs=0.001)


def test_what_others_print_does_not_get_between(ends: list[int]) -> None:
    video = PipedVideo()
    os.write(ends[1], b"a line of some library\n")
    data = sent(ends, video)

    assert data.startswith(b"\x1aE\xdf\xa3")  # the head of Matroska
    assert b"some library" not in data


def test_the_output_is_given_back(ends: list[int]) -> None:
    video = PipedVideo()

    video.close()
    video.close()
    os.write(ends[1], b"after")

    assert os.read(ends[0], 100) == b"after"


def test_streams_of_a_file_go_along(ends: list[int], make_clip: MakeClip) -> None:
    source: Path = make_clip("in.mkv", frames=5, audio=True, title="rain")

    data = sent(ends, PipedVideo(copy_from=source))

    with av.open(io.BytesIO(data), "r") as received:
        assert [stream.type for stream in received.streams] == ["video", "audio"]
        assert received.metadata["title"] == "rain"


def test_a_reader_that_has_gone_is_named(ends: list[int]) -> None:
    video = PipedVideo()
    video.begin(INFO)
    os.close(ends[0])
    ends[0] = os.open(os.devnull, os.O_RDONLY)

    with pytest.raises(UnplayableError) as caught:
        fill(video, 100)
    video.close()

    assert str(caught.value) == ("standard output: the program that reads it has ended")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"container": "mp4"}, "--container is one of matroska, nut, mpegts"),
        ({"container": "mpegts", "codec": "vp9"}, "mpegts does not hold 'vp9' here"),
        ({"quality": 99}, "quality of h264 is 0 to 51, got 99"),
        ({"preset": "fastish"}, "preset of h264 is"),
    ],
)
def test_what_a_pipe_cannot_hold_is_refused_and_the_output_left_alone(
    ends: list[int], options: dict[str, object], said: str
) -> None:
    with pytest.raises(SinkError, match=said):
        PipedVideo(encode=EncodeOptions(**options))  # type: ignore[arg-type] # named above

    os.write(ends[1], b"still mine")
    assert os.read(ends[0], 100) == b"still mine"


def test_a_terminal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, terminal = os.openpty()
    monkeypatch.setattr(pipe, "_OUT", terminal)
    try:
        with pytest.raises(SinkError, match="is a terminal; pipe it into a program"):
            PipedVideo()
    finally:
        os.close(ours)
        os.close(terminal)
