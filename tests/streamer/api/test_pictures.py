"""Folders and single pictures, from file to file."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sinks import SinkError
from sources.files.images import read_picture
from sources.pictures.alpha import alpha_of
from streamer import NetworkOptions, derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.media.pictures import CMYK_JPEG, jpeg_in_tiff, tiff_of_tiles
from tests.support.probe import look_at


def draw(path: Path, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (6, 8, 3), np.uint8)
    picture = cv2.resize(small, (64, 48), interpolation=cv2.INTER_CUBIC)
    assert cv2.imwrite(str(path), picture)
    return path


def test_a_png_comes_back_bit_for_bit(tmp_path: Path) -> None:
    source = draw(tmp_path / "a.png")

    derain_video(source, tmp_path / "b.png", network=PassThrough())

    before, after = cv2.imread(str(source)), cv2.imread(str(tmp_path / "b.png"))
    assert before is not None
    assert after is not None
    assert np.array_equal(before, after)


def test_sixteen_bits_stay_sixteen_bits(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 65536, (32, 40, 3), np.uint16)
    assert cv2.imwrite(str(tmp_path / "a.png"), picture)

    derain_video(tmp_path / "a.png", tmp_path / "b.png", network=PassThrough())

    after = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert after is not None
    assert after.dtype == np.uint16
    assert np.array_equal(after, picture)


def test_a_folder_keeps_the_names_of_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("rain_2.png", "rain_10.jpg"):
        draw(tmp_path / "in" / name)

    derain_video(f"{tmp_path}/in/", f"{tmp_path}/out/", network=PassThrough())

    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == ["rain_10.jpg", "rain_2.png"]


def test_a_video_becomes_numbered_pictures_and_a_video_again(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=5)
    folder = source.parent / "frames"

    derain_video(source, f"{folder}/%04d.png", network=PassThrough())
    derain_video(
        f"{folder}/?rate=50", source.with_name("again.mp4"), network=PassThrough()
    )

    assert sorted(p.name for p in folder.iterdir())[-1] == "0004.png"
    again = look_at(source.with_name("again.mp4"))
    assert len(again.times) == 5
    assert again.tags == {(1, 1, 1, 13)}
    assert float(again.times[1]) == pytest.approx(0.02)


def test_a_turned_clip_gives_upright_pictures(make_clip: MakeClip) -> None:
    source = make_clip(frames=1, rotation=90)

    derain_video(source, source.with_name("a.png"), network=PassThrough())

    picture = cv2.imread(str(source.with_name("a.png")))
    assert picture is not None
    assert picture.shape == (64, 48, 3)


def test_many_frames_do_not_fit_into_one_picture(make_clip: MakeClip) -> None:
    source = make_clip(frames=3)

    with pytest.raises(SinkError, match="is one picture, but the source has more"):
        derain_video(source, source.with_name("a.png"), network=PassThrough())


def noise(shape: tuple[int, ...], kind: type, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, np.iinfo(kind).max, shape, kind, endpoint=True)


@pytest.mark.parametrize(
    ("source", "sink", "kind"),
    [
        *[("png", "png", np.uint8), ("png", "png", np.uint16)],
        *[("png", "tiff", np.uint16), ("tiff", "png", np.uint8)],
        *[("tiff", "tif", np.uint16), ("png", "webp", np.uint8)],
        *[("webp", "png", np.uint8), ("webp", "webp", np.uint8)],
    ],
)
def test_alpha_is_carried_bit_for_bit(
    tmp_path: Path, source: str, sink: str, kind: type
) -> None:
    picture = noise((48, 64, 4), kind)
    lossless = [cv2.IMWRITE_WEBP_QUALITY, 101] if source == "webp" else []
    assert cv2.imwrite(f"{tmp_path}/in.{source}", picture, lossless)

    report = derain_video(
        f"{tmp_path}/in.{source}", f"{tmp_path}/out.{sink}", network=PassThrough()
    )

    alpha = alpha_of(read_picture(tmp_path / f"out.{sink}").picture)
    assert alpha is not None
    assert np.array_equal(alpha, picture[..., 3])
    assert report.notes == []


def test_alpha_is_turned_with_the_picture(make_clip: MakeClip) -> None:
    source = make_clip(
        "in.mov", frames=1, codec="prores_ks", pixel_format="yuva444p10le", rotation=90
    )

    derain_video(source, source.with_name("out.png"), network=PassThrough())

    after = cv2.imread(str(source.with_name("out.png")), cv2.IMREAD_UNCHANGED)
    assert after is not None
    assert after.shape == (64, 48, 4)


@pytest.mark.parametrize("sink", ["out.jpg", "out.bmp", "out/%03d.jpg"])
def test_transparency_is_left_out_with_a_note(tmp_path: Path, sink: str) -> None:
    assert cv2.imwrite(str(tmp_path / "a.png"), np.full((32, 40, 4), 128, np.uint8))

    report = derain_video(tmp_path / "a.png", tmp_path / sink, network=PassThrough())

    [note] = report.notes
    assert "transparency" in note


def test_a_video_says_that_a_later_picture_is_transparent(tmp_path: Path) -> None:
    for number, level in enumerate((255, 128, 128)):
        picture = np.full((32, 40, 4), level, np.uint8)
        assert cv2.imwrite(f"{tmp_path}/{number}.png", picture)

    report = derain_video(f"{tmp_path}/", tmp_path / "a.mkv", network=PassThrough())

    assert report.notes == ["the transparency of the source is left out"]


def test_cmyk_is_no_transparency(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(CMYK_JPEG)

    report = derain_video(tmp_path / "a.jpg", tmp_path / "b.png", network=PassThrough())

    after = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert after is not None
    assert after.shape == (16, 16, 3)
    assert np.abs(after.astype(int) - (31, 49, 225)).max() <= 4
    assert report.notes == []


@pytest.mark.parametrize("write", [jpeg_in_tiff, tiff_of_tiles])
def test_a_tiff_that_ffmpeg_makes_black_comes_out_right(
    tmp_path: Path, write: Callable[[Path, np.ndarray], Path]
) -> None:
    drawn = cv2.imread(str(draw(tmp_path / "a.png")))
    assert drawn is not None
    source = write(tmp_path / "in.tiff", drawn)

    derain_video(source, tmp_path / "out.tiff", network=PassThrough())

    after = cv2.imread(str(tmp_path / "out.tiff"))
    assert after is not None
    assert np.abs(after.astype(int) - drawn).mean() < 8


@pytest.mark.parametrize("size", [(1, 1), (5, 90), (40, 3)])
@pytest.mark.parametrize("suffix", ["png", "tiff", "webp", "bmp"])
def test_a_tiny_picture_comes_out_in_its_own_size(
    tmp_path: Path, size: tuple[int, int], suffix: str
) -> None:
    picture = noise((*size, 3), np.uint8)
    name = f"tiny.{suffix}"
    lossless = [cv2.IMWRITE_WEBP_QUALITY, 101] if suffix == "webp" else []
    assert cv2.imwrite(str(tmp_path / name), picture, lossless)

    derain_video(tmp_path / name, f"{tmp_path}/out/", network=PassThrough())

    after = cv2.imread(str(tmp_path / "out" / name))
    assert after is not None
    assert np.array_equal(after, picture)


def test_a_picture_too_wide_for_its_kind_is_named_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    for number, width in enumerate((16_400, 40)):
        picture = noise((16, width, 3), np.uint8)
        assert cv2.imwrite(f"{tmp_path}/{number}.png", picture)

    with pytest.raises(SinkError, match=r"0\.webp: a picture of 16400x16 cannot be"):
        derain_video(f"{tmp_path}/", f"{tmp_path}/out/%d.webp", network=PassThrough())

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["1.webp"]


@pytest.mark.slow
def test_tiny_pictures_go_through_the_network(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, size in enumerate([(1, 1), (8, 60), (20, 20)]):
        picture = noise((*size, 3), np.uint8, number)
        assert cv2.imwrite(f"{tmp_path}/in/{number}.png", picture)

    report = derain_video(
        f"{tmp_path}/in/",
        f"{tmp_path}/out/",
        network=NetworkOptions(device="cpu", backend="torch", precision="fp32"),
    )

    after = [cv2.imread(f"{tmp_path}/out/{number}.png") for number in range(3)]
    shapes = [picture.shape[:2] for picture in after if picture is not None]
    assert shapes == [(1, 1), (8, 60), (20, 20)]
    assert report.frames_out == 3
