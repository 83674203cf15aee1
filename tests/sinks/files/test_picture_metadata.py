"""What a photograph carries beside its pixels comes out with it."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from sinks.files.picture_metadata import with_metadata
from sources.pictures.metadata import PictureMetadata, metadata_of, orientation_in
from streamer import derain_video
from streamer.pipeline.report import Report
from tests.support.awkward import png_with_profile, tiny_profile
from tests.support.fakes import PassThrough

SIZE = (64, 48)


def exif(orientation: int) -> bytes:
    """Returns EXIF with a turn, a maker and a small picture behind it."""
    entries = struct.pack("<HHII", 0x010F, 2, 4, 0x656D6341)
    entries += struct.pack("<HHIHxx", 0x0112, 3, 1, orientation)
    head = b"II*\0" + struct.pack("<IH", 8, 2) + entries
    return head + struct.pack("<I", len(head) + 4) + b"\0\0thumbnail"


def photograph(path: Path, metadata: PictureMetadata, seed: int = 1) -> Path:
    rng = np.random.default_rng(seed)
    pixels = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), SIZE)
    data = cv2.imencode(path.suffix, pixels)[1].tobytes()
    path.write_bytes(with_metadata(data, path.suffix, SIZE, metadata))
    return path


def pixels_of(path: Path, flags: int) -> np.ndarray:
    read = cv2.imread(str(path), flags)
    assert read is not None
    return np.asarray(read)


def derained(source: Path, sink: str) -> tuple[Path, Report]:
    out = source.with_name(sink)
    return out, derain_video(source, out, network=PassThrough())


@pytest.mark.parametrize("sink", ["out.jpg", "out.png", "out.webp"])
@pytest.mark.parametrize("name", ["in.jpg", "in.png", "in.webp"])
def test_metadata_come_out_in_every_kind(tmp_path: Path, name: str, sink: str) -> None:
    carried = PictureMetadata(exif=exif(1), icc=tiny_profile(), xmp=b"<x:xmpmeta/>")
    source = photograph(tmp_path / name, carried)

    out, report = derained(source, sink)

    found = metadata_of(out.read_bytes())
    assert report.notes == []
    assert b"Acme" in found.exif
    assert (found.icc, found.xmp) == (carried.icc, carried.xmp)
    assert pixels_of(out, cv2.IMREAD_COLOR).shape == (48, 64, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_comes_out_upright_and_says_so(
    tmp_path: Path, orientation: int
) -> None:
    source = photograph(tmp_path / "in.png", PictureMetadata())
    data = source.read_bytes()
    turned = with_metadata(data, ".png", SIZE, PictureMetadata(exif=exif(1)))
    at = turned.index(exif(1)[10:22]) + 12  # the entry of the turn
    turned = turned[: at + 8] + bytes((orientation,)) + turned[at + 9 :]
    source.write_bytes(turned)

    out, _ = derained(source, "out.png")

    shown = pixels_of(out, cv2.IMREAD_COLOR)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    plain = pixels_of(source, flags)
    assert orientation_in(metadata_of(turned).exif) is not None
    assert orientation_in(metadata_of(out.read_bytes()).exif) == (0, False)
    assert np.array_equal(shown, _as_shown(plain, orientation))


def _as_shown(pixels: np.ndarray, orientation: int) -> np.ndarray:
    swapped = np.swapaxes(pixels, 0, 1)
    return {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: swapped,
        6: swapped[:, ::-1],
        7: swapped[::-1, ::-1],
        8: swapped[::-1],
    }[orientation]


def test_the_small_twin_of_a_photograph_is_left_out(tmp_path: Path) -> None:
    before = exif(6)

    source = photograph(tmp_path / "in.jpg", PictureMetadata(exif=before))

    after = metadata_of(source.read_bytes()).exif
    assert after[34:38] == bytes(4)
    assert before[34:38] != bytes(4)


def test_a_kind_without_a_place_for_it_is_named(tmp_path: Path) -> None:
    source = png_with_profile(tmp_path / "in.png")

    _, report = derained(source, "out.bmp")

    assert report.notes == ["left out of out.bmp: colour profile (ICC)"]


def test_a_video_of_photographs_names_what_it_does_not_take(tmp_path: Path) -> None:
    source = photograph(tmp_path / "in.jpg", PictureMetadata(exif=exif(1)))

    _, report = derained(source, "out.mp4")

    assert report.notes == ["left out: the EXIF data of the pictures"]


def test_each_picture_of_a_folder_keeps_its_own_depth(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), np.full((48, 64, 3), 200, np.uint8))
    cv2.imwrite(str(folder / "2.png"), np.full((48, 64, 3), 40_000, np.uint16))

    derain_video(folder, f"{tmp_path}/out/", network=PassThrough())

    depths = [
        pixels_of(tmp_path / "out" / name, cv2.IMREAD_UNCHANGED).dtype
        for name in ("1.png", "2.png")
    ]
    assert depths == [np.uint8, np.uint16]
