"""Lengths and first times in MP4 are put right in the file itself."""

import struct
from fractions import Fraction
from pathlib import Path

import pytest

from sinks.files.muxing.mp4_repair import TrackTimes, repair
from sources.container.parsers.mp4_boxes import boxes, content, find

TICKS = 1000


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def lengths_box(*entries: tuple[int, int]) -> bytes:
    table = b"".join(struct.pack(">II", *entry) for entry in entries)
    return box(b"stts", struct.pack(">II", 0, len(entries)) + table)


def edits_box(*entries: tuple[int, int], wide: bool = False) -> bytes:
    form = ">QqI" if wide else ">IiI"
    table = b"".join(struct.pack(form, *entry, 1 << 16) for entry in entries)
    return box(b"elst", struct.pack(">BxxxI", wide, len(entries)) + table)


def track(lengths: bytes, edits: bytes = b"", *, wide: bool = False) -> bytes:
    times = ">QQI" if wide else ">III"
    header = struct.pack(">Bxxx", wide) + struct.pack(times, 0, 0, TICKS) + bytes(8)
    media = box(b"mdhd", header) + box(b"minf", box(b"stbl", lengths))
    return box(b"trak", (box(b"edts", edits) if edits else b"") + box(b"mdia", media))


def repaired(path: Path, film: bytes, *times: TrackTimes) -> Path:
    path.write_bytes(box(b"moov", film))
    repair(path, dict(enumerate(times)))
    return path


def stored(path: Path, *names: str) -> list[bytes]:
    with path.open("rb") as file:
        found = find(file, 0, path.stat().st_size, "moov", "trak", *names)
        return [content(file, each) for each in found]


def lengths_of(path: Path) -> list[tuple[int, int]]:
    [table] = stored(path, "mdia", "minf", "stbl", "stts")
    return list(struct.iter_unpack(">II", table[8:]))


def test_the_last_picture_gets_its_own_length(tmp_path: Path) -> None:
    film = track(lengths_box((9, 40), (1, 700)))

    path = repaired(tmp_path / "a.mp4", film, TrackTimes(last=Fraction(1, 25)))

    assert lengths_of(path) == [(9, 40), (1, 40)]


@pytest.mark.parametrize("wide", [False, True])
def test_a_first_packet_that_was_put_forward_gets_its_time_back(
    tmp_path: Path, wide: bool
) -> None:
    edits = edits_box((50, -1), (1000, 5000), wide=wide)
    film = track(lengths_box((1, 5040), (9, 40)), edits, wide=wide)

    path = repaired(tmp_path / "a.mp4", film, TrackTimes(put_forward=Fraction(5)))

    assert lengths_of(path) == [(1, 40), (9, 40)]
    [data] = stored(path, "edts", "elst")
    first, second = struct.iter_unpack(">QqI" if wide else ">IiI", data[8:])
    assert (first[1], second[1]) == (-1, 0)


@pytest.mark.parametrize(
    "times",
    [
        TrackTimes(last=Fraction(1)),  # longer than it is written
        TrackTimes(last=Fraction(40, TICKS)),  # right already
        TrackTimes(put_forward=Fraction(9)),  # longer than the first lasts
        TrackTimes(),
    ],
)
def test_what_is_right_or_does_not_fit_stays(tmp_path: Path, times: TrackTimes) -> None:
    film = track(lengths_box((1, 40), (8, 40), (1, 40)), edits_box((1000, 500)))

    path = repaired(tmp_path / "a.mp4", film, times)

    assert path.read_bytes() == box(b"moov", film)


def test_samples_of_one_length_together_are_not_shortened(tmp_path: Path) -> None:
    film = track(lengths_box((9, 40)))

    path = repaired(tmp_path / "a.mp4", film, TrackTimes(last=Fraction(1, 100)))

    assert lengths_of(path) == [(9, 40)]


def test_a_track_without_packets_is_none_any_more(tmp_path: Path) -> None:
    film = track(lengths_box()) + track(lengths_box((9, 40), (1, 700)))

    path = repaired(
        tmp_path / "a.mp4", film, TrackTimes(), TrackTimes(last=Fraction(1, 25))
    )

    with path.open("rb") as file:
        [movie] = boxes(file, 0, path.stat().st_size)
        kinds = [each.kind for each in boxes(file, movie.start, movie.end)]
    assert kinds == ["free", "trak"]
    assert lengths_of(path) == [(9, 40), (1, 40)]
