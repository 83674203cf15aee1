import os
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from sources.files.video import VideoFile
from sources.frame import Health
from tests.conftest import FRAGMENTS, MakeClip


def read(path: Path) -> Health:
    with closing(VideoFile(path)) as film:
        assert list(film)
        return film.health


def cut(path: Path, share: float) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


@pytest.mark.parametrize("name", ["in.mp4", "in.mkv", "in.avi", "in.ts", "in.mov"])
def test_a_whole_file_has_no_word_of_damage(make_clip: MakeClip, name: str) -> None:
    health = read(make_clip(name, frames=30))

    assert (health.problem, health.notes, health.corrupt_frames) == ("", [], 0)


def test_frames_that_say_as_before_are_no_damage(make_clip: MakeClip) -> None:
    path = make_clip(
        "in.avi",
        frames=40,
        codec="mjpeg",
        pixel_format="yuvj420p",
        times=[*(512 * i for i in range(20)), *(512 * i for i in range(30, 50))],
    )

    health = read(path)

    assert (health.problem, health.notes) == ("", [])


@pytest.mark.parametrize("name", ["in.mkv", "in.avi", "in.ts"])
def test_a_cut_file_is_said_to_be_cut(make_clip: MakeClip, name: str) -> None:
    path = make_clip(name, frames=100, codec="mpeg4", size=(160, 96))
    cut(path, 0.701)

    assert "cut short" in read(path).problem


LENGTHS = [("in.flv", "flv"), ("in.ogg", "libvpx"), ("in.wmv", "wmv2")]


@pytest.mark.parametrize(("name", "codec"), LENGTHS)
def test_a_file_with_lengths_inside_is_whole_or_cut(
    make_clip: MakeClip, name: str, codec: str
) -> None:
    path = make_clip(name, frames=100, codec=codec, size=(160, 96))

    assert read(path).problem == ""

    cut(path, 0.701)

    assert "cut short" in read(path).problem


def test_a_cut_index_counts_the_frames_that_are_there(make_clip: MakeClip) -> None:
    path = make_clip("in.mp4", frames=100, muxing={"movflags": "faststart"})
    cut(path, 0.7)

    problem = read(path).problem

    assert problem.startswith("the file is cut short: ")
    assert problem.endswith(" of 100 frames in it")


def test_fragmented_mp4_that_ends_in_the_head_of_a_fragment_is_cut(
    make_clip: MakeClip,
) -> None:
    path = make_clip(frames=100, options={"g": "10"}, muxing=FRAGMENTS)
    data = path.read_bytes()
    head = data.rindex(b"moof") - 4
    path.write_bytes(data[: head + 20])

    size = int.from_bytes(data[head : head + 4], "big")
    assert read(path).problem == (
        f"the file is cut short: {size - 20} bytes are missing at its end"
    )


def read_growing(path: Path, opened: int) -> tuple[int, str]:
    """Reads a file of which only so many bytes are there at the opening.

    Returns:
        How many frames came, and what is said of the end.
    """
    data = path.read_bytes()
    path.write_bytes(data[:opened])
    with closing(VideoFile(path)) as film:
        path.write_bytes(data)
        return len(list(film)), film.health.problem


def test_frames_that_come_too_late_for_fragmented_mp4_are_said_to_be_missing(
    make_clip: MakeClip,
) -> None:
    path = make_clip(frames=100, options={"g": "10"}, muxing=FRAGMENTS)
    pictures = path.read_bytes().index(b"mdat", path.stat().st_size // 2) + 20

    frames, problem = read_growing(path, pictures)

    assert 0 < frames < 100
    assert problem == came_too_late(100 - frames, frames)


def came_too_late(frames: int, after: int) -> str:
    return (
        f"the file grew while it was read: {frames} frames after the first {after} "
        "came too late and are missing"
    )


def test_a_fragmented_mp4_that_broke_off_anywhere_in_a_head_keeps_all_before_it(
    make_clip: MakeClip,
) -> None:
    path = make_clip(frames=60, options={"g": "10"}, muxing=FRAGMENTS)
    data = path.read_bytes()
    head = data.index(b"moof", len(data) // 2) - 4
    end = head + int.from_bytes(data[head : head + 4], "big")
    path.write_bytes(data[:head])
    with closing(VideoFile(path)) as film:
        whole = len(list(film))
    assert 0 < whole < 60

    for size in range(head + 1, end, 5):
        path.write_bytes(data[:size])
        with closing(VideoFile(path)) as film:
            assert len(list(film)) == whole
            assert film.health.problem.startswith("the file is cut short: ")


@pytest.mark.parametrize("written", [4, 20, 90])
def test_a_head_that_is_completed_meanwhile_costs_nothing_without_a_word(
    make_clip: MakeClip, written: int
) -> None:
    path = make_clip(frames=60, options={"g": "10"}, muxing=FRAGMENTS)
    head = path.read_bytes().index(b"moof", path.stat().st_size // 2) - 4

    frames, problem = read_growing(path, head + written)

    assert problem == (came_too_late(60 - frames, frames) if frames < 60 else "")


@pytest.mark.parametrize("name", ["in.mkv", "in.ts"])
def test_a_growing_file_that_is_followed_to_its_end_needs_no_word(
    make_clip: MakeClip, name: str
) -> None:
    path = make_clip(name, frames=100, size=(320, 192), options={"qp": "1"})

    opened = int(path.stat().st_size * 0.503)

    assert read_growing(path, opened) == (100, "")


@pytest.mark.parametrize("name", ["in.mp4", "in.avi", "in.mkv", "in.ts"])
def test_a_file_that_is_touched_while_it_is_read_needs_no_word(
    make_clip: MakeClip, name: str
) -> None:
    path = make_clip(name, frames=30)

    with closing(VideoFile(path)) as film:
        os.utime(path, ns=(0, 0))
        assert len(list(film)) == 30

    assert film.health.problem == ""


def test_pictures_that_the_decoder_calls_damaged_are_counted(
    make_clip: MakeClip,
) -> None:
    path = make_clip("in.ts", frames=100, size=(320, 192), options={"qp": "1"})
    data = path.read_bytes()
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    path.write_bytes(b"".join(p for n, p in enumerate(packets) if n % 25 != 24))

    assert read(path).corrupt_frames > 0


def test_a_container_that_overrules_the_pixel_aspect_is_no_change(
    make_clip: MakeClip,
) -> None:
    path = make_clip(frames=9, pixel_aspect=Fraction(4, 3))
    box = b"pasp" + bytes([0, 0, 0, 4, 0, 0, 0, 3])
    data = path.read_bytes()
    assert data.count(box) == 1
    path.write_bytes(data.replace(box, b"pasp" + bytes([0, 0, 0, 5, 0, 0, 0, 3])))

    with closing(VideoFile(path)) as film:
        assert film.info.pixel_aspect == Fraction(5, 3)

    assert read(path).notes == []
