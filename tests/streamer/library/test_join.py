"""What is checked before pieces become a film, and what is deleted afterwards."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from sinks.errors import SinkError
from streamer.errors import StreamerError
from streamer.library.join import (
    check_times,
    join_pieces,
    keep_whole,
    notes_of,
    put_in_place,
    remove_parts,
    remove_pieces,
)
from streamer.library.plan import Plan
from streamer.library.state.manifest import PieceRecord
from tests.conftest import MakeClip

MILLISECONDS = Fraction(1, 1000)


def a_piece(number: int = 0, frames: int = 5, **more: object) -> PieceRecord:
    record = PieceRecord(
        number=number,
        file=f"{number:05d}.mp4",
        bytes=0,
        sha256="",
        frames=frames,
        first_pts=0,
        last_pts=0,
        end_pts=0,
        times_sha256="",
        form="",
        seconds=0.0,
        made_by="copy on cpu",
    )
    return replace(record, **more)  # type: ignore[arg-type] # a test names them


def test_a_film_with_all_its_frames_passes_in_any_time_base(
    make_clip: MakeClip,
) -> None:
    film = make_clip(frames=5)

    check_times(film, [0, 40, 80, 120, 160], MILLISECONDS)


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([0, 40, 80, 120], "4 frames were given to it and 5 are in it; from frame 4"),
        ([0, 40, 81, 120, 160], "5 frames were given .* from frame 2 on they differ"),
    ],
)
def test_a_frame_too_many_or_at_another_time_is_told(
    make_clip: MakeClip, times: list[int], said: str
) -> None:
    with pytest.raises(StreamerError, match=said):
        check_times(make_clip(frames=5), times, MILLISECONDS)


def test_a_missing_frame_is_told_with_its_piece(make_clip: MakeClip) -> None:
    pieces = [a_piece(0, frames=3), a_piece(1, frames=3)]

    with pytest.raises(StreamerError, match=r"frame 5 on .*, in piece 1 \(00001\.mp4"):
        check_times(
            make_clip(frames=5), [0, 40, 80, 120, 160, 200], MILLISECONDS, pieces
        )


def test_a_film_that_cannot_be_read_back_is_named(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"no film")

    with pytest.raises(StreamerError, match=r"film\.mp4 cannot be read back"):
        check_times(film, [0], MILLISECONDS)


def test_what_a_user_should_know_is_said_once_for_all_pieces() -> None:
    pieces = [
        a_piece(0, corrupt_packets=1, notes=("one",)),
        a_piece(1, corrupt_packets=2, made_by="copy on cuda"),
    ]

    assert list(notes_of(pieces)) == [
        "corrupt packets were left out",
        "one",
        "its pieces were made by copy on cpu, copy on cuda",
    ]
    assert list(notes_of([a_piece()])) == []


def test_a_film_of_which_no_picture_could_be_decoded_is_refused(
    tmp_path: Path,
) -> None:
    nothing = [a_piece(frames=0, file="")]
    source, out = tmp_path / "a.mp4", tmp_path / "o.mp4"

    with pytest.raises(StreamerError, match=r"a\.mp4: no picture in it could be"):
        join_pieces(
            source, Plan(spans=(), frames=()), nothing, tmp_path, out, excerpt=False
        )
    with pytest.raises(StreamerError, match=r"a\.mp4: no picture in it could be"):
        keep_whole(source, nothing[0], tmp_path, out)


def test_a_film_that_was_not_cut_gets_its_name(tmp_path: Path) -> None:
    (tmp_path / "00000.mp4").write_bytes(b"film")
    piece = a_piece(frames=7, audio_packets=3, notes=("one",), seconds=1.5)

    done = keep_whole(tmp_path / "a.mp4", piece, tmp_path, tmp_path / "o.mp4")

    assert (tmp_path / "o.mp4").read_bytes() == b"film"
    assert not (tmp_path / "00000.mp4").exists()
    assert (done.file, done.bytes, done.frames) == ("o.mp4", 4, 7)
    assert (done.audio_packets, done.seconds, done.notes) == (3, 1.5, ("one",))


def test_a_film_without_a_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "part.mp4").write_bytes(b"film")

    with pytest.raises(SinkError, match=r"none/o\.mp4: No such file or directory"):
        put_in_place(tmp_path / "part.mp4", tmp_path / "none" / "o.mp4")


def test_only_what_a_run_has_made_is_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "pieces"
    folder.mkdir()
    ours = ("00000.mp4", "00001.npz", "00002.host-1.part.mp4", "joined.part.mp4")
    for name in (*ours, "holidays.mp4"):
        (folder / name).touch()

    remove_parts(folder)
    left = sorted(path.name for path in folder.iterdir())
    remove_pieces(folder)

    assert left == ["00000.mp4", "00001.npz", "holidays.mp4"]
    assert [path.name for path in folder.iterdir()] == ["holidays.mp4"]
    (folder / "holidays.mp4").unlink()
    remove_pieces(folder)
    assert not folder.exists()
    remove_pieces(folder)
    remove_parts(folder)
