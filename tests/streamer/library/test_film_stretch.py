from fractions import Fraction

import pytest

from streamer.errors import StreamerError
from streamer.library.library import film_of
from streamer.library.options import LibraryOptions
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip
from tests.support.probe import look_at
from tests.support.runs.pieces import a_work, frames_of, in_one_go, make

pytestmark = pytest.mark.slow


def test_an_excerpt_begins_at_zero_with_the_sound_of_its_time(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=150, options={"g": "20"}, audio=True, chapters=True)
    options = LibraryOptions(piece=1, start="1.2", duration="0:03")
    film = film_of(source, source.with_name("o.mp4"), a_work(options=options))
    whole = in_one_go(source, source.with_name("w.mp4"), NetworkOptions(gate="off"))

    make([film])

    frames = frames_of(film.output)
    assert [time for time, _ in frames] == [Fraction(n, 25) for n in range(75)]
    assert [h for _, h in frames] == [h for _, h in frames_of(whole)][30:105]
    assert look_at(film.output).streams == ["video", "audio"]


def test_a_preview_is_three_seconds_of_the_middle_side_by_side(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=200, options={"g": "20"})
    work = a_work(options=LibraryOptions(piece=1, preview=True))
    film = film_of(source, source.with_name("o.mp4"), work)

    make([film])

    seen = look_at(film.output)
    assert len(seen.times) == 75
    assert seen.sizes == {(128, 48)}


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("one.mp4", "libx264", {"g": "250"}),
        ("old.avi", "mpeg4", {"g": "20", "bf": "2"}),
    ],
    ids=["one-key-frame", "times-of-decoding"],
)
def test_a_stretch_of_a_film_that_cannot_be_cut_is_taken_all_the_same(
    make_clip: MakeClip, name: str, codec: str, options: dict[str, str]
) -> None:
    source = make_clip(name, frames=60, codec=codec, options=options)
    excerpt = LibraryOptions(piece=1, start="0.8", duration="1")
    film = film_of(source, source.with_name("o.mkv"), a_work(options=excerpt))
    whole = in_one_go(source, source.with_name("w.mkv"), NetworkOptions(gate="off"))

    make([film])

    frames = frames_of(film.output)
    assert [time for time, _ in frames] == [Fraction(n, 25) for n in range(25)]
    assert [h for _, h in frames] == [h for _, h in frames_of(whole)][20:45]


def test_a_start_behind_the_end_is_one_clear_line(make_clip: MakeClip) -> None:
    source = make_clip(frames=50, options={"g": "20"})
    work = a_work(options=LibraryOptions(start="100"))
    film = film_of(source, source.with_name("o.mp4"), work)

    with pytest.raises(StreamerError, match="nothing is at 100 s"):
        film.prepare(work.recipe())
