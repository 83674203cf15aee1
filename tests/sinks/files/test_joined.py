"""A film of pieces: the packets are copied, and all else beside them."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.errors import SinkError
from sinks.files.joined import JoinedFile
from sinks.files.piece import PieceFile
from tests.conftest import MakeClip
from tests.support.media.awkward import packet_times
from tests.support.media.frames import INFO, STEP, frames

LENGTH = 10


@pytest.fixture
def pieces(tmp_path: Path) -> list[Path]:
    """Two pieces of ten frames each."""
    paths = [tmp_path / "0.mp4", tmp_path / "1.mp4"]
    for number, path in enumerate(paths):
        piece = PieceFile(path, film_suffix=".mkv")
        piece.begin(INFO)
        for frame in frames(LENGTH, number * LENGTH):
            piece.write(frame)
        piece.finish(whole=True)
    return paths


def joined(film: JoinedFile, pieces: list[Path], *, whole: bool = True) -> None:
    with av.open(str(pieces[0])) as first:
        film.begin_like(first.streams.video[0], INFO)
    for path in pieces:
        with av.open(str(path)) as piece:
            for packet in piece.demux(video=0):
                if packet.size:
                    film.copy(packet)
    film.finish(whole=whole)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".mov"])
def test_frames_and_packets_are_those_of_the_pieces(
    make_clip: MakeClip, pieces: list[Path], tmp_path: Path, suffix: str
) -> None:
    source = make_clip("in.mkv", frames=2 * LENGTH, audio=True, title="rain")
    out = tmp_path / f"out{suffix}"

    film = JoinedFile(out, copy_from=source, end_pts=2 * LENGTH * STEP)
    joined(film, pieces)

    with av.open(str(out)) as video:
        times = [picture.time for picture in video.decode(video=0)]
        assert video.metadata["title"] == "rain"
        assert video.streams.video[0].average_rate == 25
    expected = [index / 25 for index in range(2 * LENGTH)]
    assert times == pytest.approx(expected, abs=0.001)
    assert film.audio_packets == len(packet_times(source, "audio"))
    assert film.encoder == "h264"


def test_times_of_decoding_rise_where_pieces_meet(
    make_clip: MakeClip, pieces: list[Path], tmp_path: Path
) -> None:
    source = make_clip("in.mkv", frames=2 * LENGTH)
    out = tmp_path / "out.mp4"

    joined(JoinedFile(out, copy_from=source, end_pts=2 * LENGTH * STEP), pieces)

    with av.open(str(out)) as video:
        decoded = [packet.dts or 0 for packet in video.demux(video=0) if packet.size]
    assert decoded == sorted(set(decoded))


def test_an_excerpt_has_the_audio_of_its_stretch_alone(
    make_clip: MakeClip, pieces: list[Path], tmp_path: Path
) -> None:
    source = make_clip("in.mkv", frames=6 * LENGTH, audio=True)
    out = tmp_path / "out.mkv"
    half = Fraction(1, 2)

    film = JoinedFile(
        out,
        copy_from=source,
        shift=-half,
        end_pts=2 * LENGTH * STEP,
        excerpt=True,
    )
    joined(film, pieces, whole=False)

    seconds = Fraction(2 * LENGTH, 25)
    inside = [t for t in packet_times(source, "audio") if half <= t < half + seconds]
    assert film.audio_packets == pytest.approx(len(inside), abs=1)


def test_nothing_is_written_before_it_is_open(
    make_clip: MakeClip, pieces: list[Path], tmp_path: Path
) -> None:
    source = make_clip("in.mkv", frames=2)
    film = JoinedFile(tmp_path / "out.mkv", copy_from=source, end_pts=0)

    with (
        av.open(str(pieces[0])) as piece,
        pytest.raises(SinkError, match=r"out\.mkv is not open"),
    ):
        film.copy(next(piece.demux(video=0)))

    assert not (tmp_path / "out.mkv").exists()
