"""A piece of a film, without what belongs to the whole."""

from pathlib import Path

import av
import pytest

from sinks.encoding.options import EncodeOptions
from sinks.errors import SinkError
from sinks.files.piece import PieceFile
from tests.support.media.frames import INFO, STEP, frames


def written(path: Path, count: int, first: int = 0, **how: str) -> PieceFile:
    suffix = how.pop("film_suffix", ".mkv")
    piece = PieceFile(path, film_suffix=suffix, encode=EncodeOptions(**how))  # type: ignore[arg-type] # a test names them
    piece.begin(INFO)
    for frame in frames(count, first):
        piece.write(frame)
    piece.finish(whole=True)
    return piece


def test_a_piece_keeps_the_times_of_the_film_and_says_where_it_ends(
    tmp_path: Path,
) -> None:
    piece = written(tmp_path / "00002.mp4", count=10, first=50)

    with av.open(str(tmp_path / "00002.mp4")) as video:
        times = [picture.time for picture in video.decode(video=0)]
    assert times == pytest.approx([(50 + index) / 25 for index in range(10)])
    assert piece.end_pts == 60 * STEP


def test_pieces_have_the_same_head_whatever_is_in_them(tmp_path: Path) -> None:
    heads = []
    for first in (0, 70):
        path = tmp_path / f"{first}.mp4"
        written(path, count=4 + first // 10, first=first)
        with av.open(str(path)) as video:
            heads.append(video.streams.video[0].codec_context.extradata)

    assert heads[0] == heads[1]


@pytest.mark.parametrize(
    ("film", "codec", "encoder"),
    [
        (".mkv", "auto", "libx264"),
        (".webm", "auto", "libsvtav1"),
        (".mkv", "hevc", "libx265"),
    ],
)
def test_the_codec_is_that_of_the_film(
    tmp_path: Path, film: str, codec: str, encoder: str
) -> None:
    options = EncodeOptions(codec=codec)
    piece = PieceFile(tmp_path / "0.mp4", film_suffix=film, encode=options)

    piece.begin(INFO)
    name = piece.encoder
    piece.close()

    assert name == encoder


def test_an_unknown_codec_is_refused(tmp_path: Path) -> None:
    options = EncodeOptions(codec="theora")

    with pytest.raises(SinkError, match="does not hold 'theora'"):
        PieceFile(tmp_path / "0.mp4", film_suffix=".mkv", encode=options)
