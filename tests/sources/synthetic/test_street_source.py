"""The drawn street as a source, and the demo clip made of it."""

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from sources.errors import SourceError
from sources.frame import Source
from sources.synthetic.street_source import CLIP_RATE, DrawnStreet, write_demo_clip


def test_as_many_frames_come_as_were_asked_for() -> None:
    source: Source = DrawnStreet(64, 48, frames=4, rate=30)

    frames = list(source)

    assert source.info.frames == 4
    assert [f.index for f in frames] == [0, 1, 2, 3]
    assert [f.pts * f.time_base for f in frames] == [Fraction(i, 30) for i in range(4)]


def test_frames_carry_their_colour() -> None:
    source = DrawnStreet(64, 48, frames=1)

    (frame,) = source

    assert frame.picture.format.name == source.info.pixel_format == "yuv420p"
    assert frame.colour == source.info.colour
    assert (frame.picture.colorspace, frame.picture.color_range) == (1, 1)
    assert (frame.picture.color_primaries, frame.picture.color_trc) == (1, 1)
    luma = frame.picture.to_ndarray()[:48]
    assert luma.min() >= 16
    assert luma.max() <= 235


def test_without_a_number_of_frames_it_never_ends_until_closed() -> None:
    source = DrawnStreet(32, 32)
    frames = iter(source)

    assert len(list(islice(frames, 7))) == 7
    source.close()
    source.close()

    assert list(frames) == []
    assert source.info.frames is None
    assert source.info.duration is None


def test_rain_falls_on_the_same_drive() -> None:
    rainy, clean = (
        next(iter(DrawnStreet(96, 64, frames=1, rainy=r))).picture.to_ndarray()[:64]
        for r in (True, False)
    )

    change = np.abs(rainy.astype(int) - clean)
    assert change.mean() > 3
    assert np.corrcoef(rainy.ravel(), clean.ravel())[0, 1] > 0.5


def test_odd_sizes_are_drawn() -> None:
    (frame,) = DrawnStreet(33, 17, frames=1)

    assert (frame.picture.width, frame.picture.height) == (33, 17)


@pytest.mark.parametrize(
    ("width", "height", "frames", "rate"),
    [(8, 64, 1, 25), (64, 64, -1, 25), (64, 64, 1, 0)],
)
def test_what_cannot_be_drawn_is_refused(
    width: int, height: int, frames: int, rate: int
) -> None:
    with pytest.raises(SourceError, match=r"street|rate"):
        DrawnStreet(width, height, frames=frames, rate=rate)


def test_the_clip_decodes_to_its_frames_and_its_audio(tmp_path: Path) -> None:
    path = tmp_path / "demo.mp4"

    write_demo_clip(path, rainy=True, seconds=0.4, size=(64, 48))

    with av.open(str(path)) as clip:
        pictures = list(clip.decode(video=0))
        times = [i / CLIP_RATE for i in range(10)]
        assert [p.time for p in pictures] == pytest.approx(times)
        assert pictures[0].colorspace == pictures[0].color_range == 1
    with av.open(str(path)) as clip:
        pieces = list(clip.decode(audio=0))
        audio = np.concatenate([p.to_ndarray() for p in pieces], axis=1)
    assert abs(audio.shape[1] - 0.4 * 48_000) < 2_048
    assert 0.01 < np.abs(audio).mean() < 0.5


def test_night_falls_in_the_second_half(tmp_path: Path) -> None:
    path = tmp_path / "demo.mkv"

    write_demo_clip(path, rainy=False, seconds=0.4, size=(64, 48))

    with av.open(str(path)) as clip:
        light = [p.to_ndarray()[:48].mean() for p in clip.decode(video=0)]
    assert min(light[:5]) > 1.6 * light[-1]


@pytest.mark.parametrize(
    ("name", "seconds", "size", "reason"),
    [
        ("demo.mp4", 1, (63, 48), "even width and height"),
        ("demo.mp4", 1, (64, 8), "at least 16"),
        ("demo.mp4", 0, (64, 48), "at least one frame"),
        ("demo.mp4", float("nan"), (64, 48), "at least one frame"),
        ("demo.avi", 1, (64, 48), "ends in"),
        ("nowhere/demo.mp4", 1, (64, 48), "does not exist"),
    ],
)
def test_a_clip_that_cannot_be_written_is_refused(
    tmp_path: Path, name: str, seconds: float, size: tuple[int, int], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        write_demo_clip(tmp_path / name, rainy=True, seconds=seconds, size=size)

    assert not (tmp_path / name).exists()
