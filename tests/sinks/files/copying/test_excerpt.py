"""Beside an excerpt of the pictures lies the same excerpt of all else."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.files.copying.excerpt import ExcerptCopier
from tests.conftest import MakeClip
from tests.support.media.awkward import packet_times, with_cues


def copied(
    source: Path, target: Path, *, begin: Fraction, seconds: Fraction | int
) -> Path:
    """Stores what lies beside the pictures from `begin` on, for some seconds."""
    copier = ExcerptCopier(source)
    with av.open(str(target), "w") as output:

        def add_video() -> av.VideoStream:
            stream = output.add_stream("mpeg4", rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            return stream

        copier.pictures_moved(-begin)
        copier.pictures_end(Fraction(seconds))
        copier.join(output, add_video)
        output.start_encoding()
        copier.copy_until(output, Fraction(seconds))
    copier.close()
    return target


@pytest.fixture
def source(make_clip: MakeClip) -> Path:
    return make_clip("in.mkv", frames=50, audio=True, chapters=True)


def test_audio_before_the_first_picture_is_left_out(
    source: Path, tmp_path: Path
) -> None:
    whole, half = packet_times(source, "audio"), Fraction(1, 2)

    out = copied(source, tmp_path / "out.mkv", begin=half, seconds=1)

    times = packet_times(out, "audio")
    expected = [t - half for t in whole if 0 <= t - half < 1]
    assert times == pytest.approx(expected, abs=0.001)


def test_a_chapter_that_is_over_is_left_out(source: Path, tmp_path: Path) -> None:
    begun = copied(source, tmp_path / "a.mkv", begin=Fraction(1, 10), seconds=1)
    over = copied(source, tmp_path / "b.mkv", begin=Fraction(1, 2), seconds=1)

    with av.open(str(begun)) as first, av.open(str(over)) as second:
        [chapter] = first.chapters()
        base = chapter["time_base"]
        assert base is not None
        assert [float(chapter[end] * base) for end in ("start", "end")] == [0, 0.1]
        assert second.chapters() == []


def test_a_chapter_ends_with_the_pictures(source: Path, tmp_path: Path) -> None:
    short = Fraction(1, 10)

    out = copied(source, tmp_path / "a.mkv", begin=Fraction(0), seconds=short)

    with av.open(str(out)) as result:
        [chapter] = result.chapters()
        assert chapter["end"] * (chapter["time_base"] or 0) == short


def test_a_line_of_text_ends_with_the_pictures(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    cues = [(100, 400, "one"), (600, 1900, "two"), (1500, 1900, "three")]
    source = with_cues(make_clip(frames=50), tmp_path / "cues.mkv", cues)

    out = copied(source, tmp_path / "o.mkv", begin=Fraction(1, 10), seconds=1)

    with av.open(str(out)) as result:
        shown = [(p.pts, p.duration) for p in result.demux(subtitles=0) if p.size]
        assert shown == [(0, 300), (500, 500)]
