from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import torch

from streamer.library.library import film_of
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip
from tests.support.networks.on_device import OnDevice
from tests.support.probe import look_at
from tests.support.runs.pieces import (
    a_work,
    anew,
    frames_of,
    in_one_go,
    make,
    write_showers,
)

pytestmark = pytest.mark.slow


class OnCpu(OnDevice):
    """Takes planes and their neighbours; nothing is decoded where it is."""

    device = "cpu"


@pytest.fixture
def one_thread() -> Iterator[None]:
    """PyTorch's threads wait for each other where other programs keep the cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("gate", ["off", "auto"])
@pytest.mark.parametrize("temporal", ["off", "causal", "centred"])
def test_a_film_in_pieces_is_the_film_in_one_go_frame_by_frame(
    tmp_path: Path, temporal: str, gate: str, jobs: int
) -> None:
    source = write_showers(
        tmp_path / "a.mp4", rainy=lambda n: n < 53 or 77 < n < 84 or n > 130
    )
    options = NetworkOptions(temporal=temporal, gate=gate)
    whole = in_one_go(source, tmp_path / "whole.mp4", options)
    film = film_of(source, tmp_path / "out.mp4", a_work(options))

    make([film], jobs=jobs)

    assert film.count > 3
    assert frames_of(film.output) == frames_of(whole)


@pytest.mark.usefixtures("one_thread")
def test_a_film_whose_neighbours_a_device_looks_at_is_the_same_in_pieces(
    tmp_path: Path,
) -> None:
    source = write_showers(tmp_path / "a.mp4", frames=54, gop=6, rainy=lambda n: n < 45)
    options = NetworkOptions(temporal="causal", gate="auto")
    opened: list[OnCpu] = []

    def network() -> OnCpu:
        opened.append(OnCpu())
        return opened[-1]

    whole = in_one_go(source, tmp_path / "whole.mp4", options, network())
    film = film_of(source, tmp_path / "out.mp4", a_work(options))

    make([film], network=network)

    assert film.count > 1
    assert sum(one.as_planes for one in opened) > 0
    assert sum(one.as_pixels for one in opened) == 0
    assert frames_of(film.output) == frames_of(whole)


def test_the_gate_finds_its_state_far_back_if_the_frames_between_leave_it_open(
    tmp_path: Path,
) -> None:
    # Dry frames come and go, never twelve in a row: only the beginning decides.
    source = write_showers(
        tmp_path / "a.mp4", rainy=lambda n: n < 3 or (n % 11 == 0 and n < 120)
    )
    options = NetworkOptions(gate="auto")
    whole = in_one_go(source, tmp_path / "whole.mp4", options)
    film = film_of(source, tmp_path / "out.mp4", a_work(options))
    film.prepare(film.work.recipe())
    job = [film.next_job() for _ in range(film.count)][-1]
    assert job is not None
    assert len(job.lead_ins) > 1

    make([anew(film)], jobs=3)

    assert frames_of(film.output) == frames_of(whole)


@pytest.mark.parametrize(
    ("name", "out"), [("a.mp4", "o.mkv"), ("a.mkv", "o.mp4"), ("a.ts", "o.mov")]
)
def test_sound_chapters_tags_and_turn_come_along_as_in_one_go(
    make_clip: MakeClip, name: str, out: str
) -> None:
    source = make_clip(
        name,
        frames=100,
        options={"g": "20"},
        audio=True,
        chapters=True,
        title="T",
        rotation=90,
        matrix=1,
        primaries=1,
        transfer=1,
        full_range=1,
        pixel_aspect=Fraction(4, 3),
    )
    whole = in_one_go(
        source, source.with_name(f"whole-{out}"), NetworkOptions(gate="off")
    )
    film = film_of(source, source.with_name(out), a_work())

    make([film])

    before, after = look_at(whole), look_at(film.output)
    assert film.count > 1
    assert after == before


def test_a_range_of_values_that_the_encoder_does_not_write_is_told_all_the_same(
    make_clip: MakeClip,
) -> None:
    source = make_clip(
        "a.ts",
        frames=60,
        codec="mpeg2video",
        time_base=Fraction(1, 25),
        options={"g": "15"},
    )
    film = film_of(source, source.with_name("o.mkv"), a_work())
    whole = in_one_go(source, source.with_name("w.mkv"), NetworkOptions(gate="off"))

    make([film])

    assert film.count > 1
    assert look_at(film.output) == look_at(whole)
    assert {tags[1] for tags in look_at(film.output).tags} == {1}


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vp9"])
def test_pieces_of_every_codec_fit_together(make_clip: MakeClip, codec: str) -> None:
    source = make_clip(frames=100, options={"g": "20"})
    encode = replace(a_work().encode, codec=codec, quality=None)
    film = film_of(source, source.with_name("o.mkv"), a_work(encode=encode))

    make([film])

    seen = look_at(film.output)
    assert film.count > 1
    assert (len(seen.times), seen.bad_packets) == (100, 0)


def test_a_film_that_cannot_be_cut_is_made_as_a_whole_and_says_why(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=30, options={"g": "250"}, audio=True)
    film = film_of(source, source.with_name("o.mkv"), a_work())
    whole = in_one_go(source, source.with_name("w.mkv"), NetworkOptions(gate="off"))

    make([film])

    assert "one key frame" in film.plan.whole
    assert look_at(film.output) == look_at(whole)
    assert frames_of(film.output) == frames_of(whole)


def test_an_avi_whose_pictures_stand_for_themselves_is_cut(make_clip: MakeClip) -> None:
    source = make_clip("a.avi", frames=60, codec="mjpeg", pixel_format="yuvj420p")
    film = film_of(source, source.with_name("o.mkv"), a_work())
    whole = in_one_go(source, source.with_name("w.mkv"), NetworkOptions(gate="off"))

    make([film])

    assert film.count > 1
    assert frames_of(film.output) == frames_of(whole)
