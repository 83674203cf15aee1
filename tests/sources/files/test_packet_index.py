"""Where a file can be cut is read from its packets."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from sources.errors import SourceError
from sources.files.packet_index import KeyFrame, PacketIndex, index_of
from tests.conftest import FRAGMENTS, MakeClip

INDEX = PacketIndex(
    time_base=Fraction(1, 25),
    times=tuple(range(10, 20)),
    key_frames=(KeyFrame(10, True), KeyFrame(14, True), KeyFrame(17, False)),
)


@pytest.mark.parametrize(
    ("first", "end", "count"),
    [(10, None, 10), (10, 20, 10), (12, 15, 3), (0, 11, 1), (19, None, 1), (20, 30, 0)],
)
def test_pictures_between_two_times_are_counted_without_the_last(
    first: int, end: int | None, count: int
) -> None:
    assert INDEX.frames_between(first, end) == count


@pytest.mark.parametrize(
    ("pts", "frames", "start"),
    [
        (14, 0, 14),
        (14, 1, 10),  # one more before it, so one key frame earlier
        (16, 2, 14),
        (18, 0, 14),  # the key frame at 17 is open
        (10, 5, 10),  # there are no more
    ],
)
def test_a_stretch_is_decoded_from_a_closed_key_frame(
    pts: int, frames: int, start: int
) -> None:
    assert INDEX.start_before(pts, frames) == start


def test_times_are_looked_up_at_and_before_a_time() -> None:
    assert [INDEX.time_at(pts) for pts in (0, 12, 19, 20)] == [10, 12, 19, None]
    assert [INDEX.time_before(pts, 3) for pts in (19, 12)] == [16, 10]


@pytest.mark.parametrize("name", ["missing.mp4", "notes.mp4"])
def test_what_holds_no_video_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.mp4").write_text("no film")

    with pytest.raises(SourceError, match=name):
        index_of(tmp_path / name)


def test_key_frames_of_an_open_group_are_told_from_closed_ones(
    make_clip: MakeClip,
) -> None:
    options = {"g": "20", "x264-params": "open-gop=1:b-adapt=0:bframes=3"}

    shut = index_of(make_clip("shut.mp4", frames=60, options={"g": "20"}))
    ajar = index_of(make_clip("ajar.mp4", frames=60, options=options))

    assert all(key.closed for key in shut.key_frames)
    assert not any(key.closed for key in ajar.key_frames[1:])
    assert ajar.start_before(ajar.key_frames[2].pts, 0) == ajar.key_frames[1].pts


def test_a_file_with_one_key_frame_is_not_to_be_cut(make_clip: MakeClip) -> None:
    assert index_of(make_clip(frames=10)).uncut == "it has one key frame only"


def test_a_film_that_an_edit_list_begins_in_the_middle_of_a_group_can_be_cut(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    whole = make_clip(frames=60, options={"g": "20"})
    path = tmp_path / "trimmed.mp4"
    trim(whole, path, seconds=0.4)

    index = index_of(path)

    assert not index.uncut
    assert index.key_frames[0].pts < index.times[0]
    assert index.start_before(index.times[0], 0) == index.key_frames[0].pts


def trim(source: Path, path: Path, *, seconds: float) -> None:
    """Hides the beginning of a film, as cutters do that copy packets."""
    with av.open(str(source)) as film, av.open(str(path), "w") as trimmed:
        pictures = film.streams.video[0]
        stream = trimmed.add_stream_from_template(pictures)
        offset = round(seconds / (pictures.time_base or Fraction(1, 25)))
        for packet in film.demux(pictures):
            if packet.pts is not None and packet.dts is not None:
                packet.pts, packet.dts = packet.pts - offset, packet.dts - offset
                packet.stream = stream
                trimmed.mux(packet)


def test_transport_streams_one_behind_the_other_are_not_to_be_cut(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    once = make_clip("once.ts", frames=40, options={"g": "10"})
    twice = tmp_path / "twice.ts"
    twice.write_bytes(once.read_bytes() * 2)

    assert index_of(twice).uncut == "its times begin anew in the middle"


def test_the_index_counts_the_frames_and_says_that_a_file_is_cut_short(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    whole = make_clip("whole.mkv", frames=250, size=(320, 240), options={"g": "25"})
    short = tmp_path / "short.mkv"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert len(index_of(whole).times) == 250
    assert not index_of(whole).problem
    assert "cut short" in index_of(short).problem


def test_a_recording_that_broke_off_in_a_head_can_be_cut_up_to_there(
    make_clip: MakeClip,
) -> None:
    path = make_clip(frames=60, options={"g": "10"}, muxing=FRAGMENTS)
    data = path.read_bytes()
    head = data.index(b"moof", len(data) // 2)
    path.write_bytes(data[: head - 4])
    before = index_of(path).times

    path.write_bytes(data[:head])

    index = index_of(path)
    assert (index.times, index.uncut) == (before, "")
    assert "cut short" in index.problem


def test_a_film_that_is_damaged_in_the_middle_is_not_to_be_cut(
    make_clip: MakeClip,
) -> None:
    path = make_clip(frames=60, options={"g": "10"}, muxing=FRAGMENTS)
    data = bytearray(path.read_bytes())
    size = data.index(b"trun", len(data) // 2) + 20  # of the fragment's first picture
    data[size : size + 4] = b"\xff" * 4
    path.write_bytes(data)

    assert index_of(path).uncut.startswith("it is damaged: ")
