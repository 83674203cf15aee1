"""A video that comes through a pipe: read once, and what is wrong is said."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sources.errors import SourceError
from sources.files import pipe
from sources.files.pipe import PipedVideo
from sources.nvdec import GpuDecoding
from tests.conftest import MakeClip
from tests.support.media.awkward import remuxed

Feed = Callable[[Path | bytes], None]
PIPE_HOLDS = 65_536


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    """Gives what writes a whole input in the place of the standard one."""
    opened = []

    def write(given: Path | bytes) -> None:
        data = given if isinstance(given, bytes) else given.read_bytes()
        assert len(data) < PIPE_HOLDS  # so that nobody waits for a reader
        reader, writer = os.pipe()
        opened.append(reader)
        os.write(writer, data)
        os.close(writer)
        monkeypatch.setattr(pipe, "_DESCRIPTOR", reader)

    yield write
    for reader in opened:
        os.close(reader)


def test_every_picture_comes_with_its_time(feed: Feed, make_clip: MakeClip) -> None:
    feed(make_clip("in.mkv", frames=7))

    with closing(PipedVideo()) as video:
        frames = list(video)

    assert [frame.index for frame in frames] == list(range(7))
    assert [float(f.pts * f.time_base) for f in frames] == pytest.approx(
        [number / 25 for number in range(7)]
    )


def test_how_long_it_is_nobody_knows(feed: Feed, make_clip: MakeClip) -> None:
    feed(make_clip("in.mkv", frames=2))

    with closing(PipedVideo()) as video:
        assert (video.info.frames, video.info.duration) == (None, None)
        assert (video.info.width, video.info.height) == (64, 48)


def test_the_first_picture_tells_how_it_is_turned(
    feed: Feed, make_clip: MakeClip
) -> None:
    muxing = {"movflags": "frag_keyframe+empty_moov"}
    feed(make_clip("in.mp4", frames=2, rotation=90, muxing=muxing))

    with closing(PipedVideo()) as video:
        before = video.info.rotation
        frames = list(video)

    assert [before, *(frame.rotation for frame in frames)] == [90, 90, 90]


def test_packets_of_the_other_streams_wait_for_who_stores_them(
    feed: Feed, make_clip: MakeClip
) -> None:
    feed(make_clip("in.mkv", frames=5, audio=True))

    with closing(PipedVideo()) as video:
        assert len(list(video)) == 5
        first = video.others.first()

    assert list(first) == [1]
    assert video.others.take() is None  # nobody came for them before it was closed


def test_a_gpu_does_not_decode_it(feed: Feed, make_clip: MakeClip) -> None:
    feed(make_clip("in.mkv", frames=1))

    with closing(PipedVideo()) as video:
        assert (
            video.decode_on_gpu(GpuDecoding(device=0, stay=False))
            == "it comes through a pipe"
        )


@pytest.mark.parametrize("data", [b"", b"no film at all"])
def test_what_is_no_video_is_one_line_that_names_containers(
    feed: Feed, data: bytes
) -> None:
    feed(data)

    with pytest.raises(SourceError, match=r"-: the standard input .* Matroska") as said:
        PipedVideo()

    assert "\n" not in str(said.value)


def test_a_video_without_pictures_is_refused(feed: Feed, make_clip: MakeClip) -> None:
    clip = make_clip("in.mkv", frames=5, audio=True)
    feed(remuxed(clip, clip.with_name("none.mkv"), keep=["audio"]))

    with closing(PipedVideo()) as video, pytest.raises(SourceError) as said:
        list(video)

    assert str(said.value) == "-: no picture in it could be decoded."


def test_a_closed_input_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe, "_DESCRIPTOR", 1_000_000)

    with pytest.raises(SourceError, match="-: there is no standard input"):
        PipedVideo()


def test_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, terminal = os.openpty()
    monkeypatch.setattr(pipe, "_DESCRIPTOR", terminal)
    try:
        with pytest.raises(SourceError, match="is a terminal; pipe a video into it"):
            PipedVideo()
    finally:
        os.close(ours)
        os.close(terminal)
