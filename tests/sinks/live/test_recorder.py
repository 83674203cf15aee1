"""Recording in pieces while the stream goes on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.errors import SinkError
from sinks.live.output import PacketOutput
from sinks.live.recorder import Segments, length_in_seconds
from sinks.live.recordings import has_picture
from sinks.live.retention import Retention
from sinks.live.sink import LiveSink
from sources.frame import Colour, Frame, StreamInfo
from tests.support.probe import look_at

RATE = 10
BASE = Fraction(1, 90_000)
INFO = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=BASE,
    colour=Colour(),
    frame_rate=Fraction(RATE),
    live=True,
)


def frames(count: int, first: int = 0) -> Iterator[Frame]:
    for index in range(first, first + count):
        picture = av.VideoFrame(64, 48, "yuv420p")
        for plane in picture.planes:
            plane.update(bytes([index % 200]) * plane.buffer_size)
        yield Frame(
            picture=picture,
            index=index,
            pts=index * 90_000 // RATE,
            time_base=BASE,
            colour=Colour(),
        )


def send(output: PacketOutput, count: int, *, key_seconds: float = 2) -> None:
    sink = LiveSink([output], key_seconds=key_seconds)
    sink.begin(INFO)
    for frame in frames(count):
        sink.write(frame)
    sink.finish(whole=True)


class Clock:
    """Names files two seconds apart."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 10, 0, 0).astimezone()

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=2)
        return self.time


def test_files_have_the_length_asked_for_and_lose_no_picture(tmp_path: Path) -> None:
    send(Segments(f"{tmp_path}/%H%M%S.mp4", seconds=2, now=Clock()), 75)

    files = sorted(tmp_path.iterdir())

    assert [path.name for path in files] == [
        f"1000{second:02d}.mp4" for second in (2, 4, 6, 8)
    ]
    counts = [len(look_at(path).times) for path in files]
    assert sum(counts) == 75
    assert all(20 <= count <= 21 for count in counts[:-1])
    assert all(look_at(path).times[0] == 0 for path in files)


def test_only_the_newest_files_are_kept_of_earlier_runs_too(tmp_path: Path) -> None:
    (tmp_path / "090000.mp4").touch()
    (tmp_path / "notes.mp4").touch()

    send(
        Segments(
            f"{tmp_path}/%H%M%S.mp4", seconds=2, keep=Retention(files=2), now=Clock()
        ),
        75,
    )

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "100006.mp4",
        "100008.mp4",
        "notes.mp4",
    ]


def test_a_name_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "2026.mp4").write_bytes(b"precious")

    send(Segments(f"{tmp_path}/%Y.mp4", seconds=2), 45)

    assert (tmp_path / "2026.mp4").read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2026.mp4",
        "2026_part2.mp4",
        "2026_part3.mp4",
        "2026_part4.mp4",
    ]


def test_a_folder_that_vanishes_does_not_end_the_stream(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    output = Segments(f"{folder}/%H%M%S.mp4", seconds=2)
    sink = LiveSink([output])
    sink.begin(INFO)
    folder.rmdir()

    for frame in frames(30):
        sink.write(frame)

    sink.close()
    assert output.failures == 1
    assert output.status.problem == "recording failed (No such file or directory)"


def test_the_file_in_work_is_readable_before_it_is_complete(tmp_path: Path) -> None:
    output = Segments(f"{tmp_path}/%H%M%S.mp4", seconds=60)
    sink = LiveSink([output])
    sink.begin(INFO)
    for frame in frames(60):
        sink.write(frame)

    [path] = tmp_path.iterdir()

    assert len(look_at(path).times) >= 60 - RATE
    sink.close()


@pytest.mark.parametrize(("share", "shown"), [(0, False), (0.02, False), (0.7, True)])
def test_a_recording_cut_off_is_kept_only_if_it_shows_a_picture(
    share: float, shown: bool, tmp_path: Path
) -> None:
    sink = LiveSink([Segments(f"{tmp_path}/%H%M%S.mp4", seconds=60)])
    sink.begin(INFO)
    for frame in frames(60):
        sink.write(frame)
    [path] = tmp_path.iterdir()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(path.read_bytes()[: round(path.stat().st_size * share)])

    found = has_picture(cut)

    assert found is shown
    sink.close()


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("30s", 30), ("10m", 600), ("1.5h", 5400)]
)
def test_lengths_are_read(text: str, seconds: float) -> None:
    assert length_in_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "0", "-1s", "10 years"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(SinkError, match="a length is like"):
        length_in_seconds(text)


@pytest.mark.parametrize("pattern", ["out.mp4", "%H.avi", "/dev/null/%H.mp4"])
def test_a_pattern_that_cannot_work_is_refused(pattern: str) -> None:
    with pytest.raises(SinkError):
        Segments(pattern, seconds=60)


def test_an_encoder_that_cannot_open_says_so_before_the_first_picture() -> None:
    with pytest.raises(SinkError, match="libx264: "):
        LiveSink([]).begin(replace(INFO, width=1))
