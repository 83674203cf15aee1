"""What a photograph carries beside its pixels comes out with it."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sinks.files.pictures.metadata import with_metadata
from sources.pictures.metadata import PictureMetadata, metadata_of, orientation_in
from sources.pictures.tiff import Entry, directories_of, shorts, with_directory
from streamer import derain_video
from streamer.pipeline.report import Report
from tests.support.fakes import PassThrough
from tests.support.media.awkward import chunk, png_with_profile, tiny_profile
from tests.support.media.pictures import tiff_of_tiles

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
    path.write_bytes(with_metadata(data, path.suffix, SIZE, metadata)[0])
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


@pytest.mark.parametrize("sink", ["jpg", "png", "bmp", "tiff", "webp"])
@pytest.mark.parametrize("source", ["jpg", "png", "bmp", "tiff", "webp"])
def test_density_comes_out_of_every_kind_into_every_kind(
    tmp_path: Path, source: str, sink: str
) -> None:
    photo = photograph(tmp_path / f"in.{source}", PictureMetadata(dpi=(300, 150)))

    out, report = derained(photo, f"out.{sink}")

    found = metadata_of(out.read_bytes()).dpi
    assert report.notes == []
    assert found is not None
    assert found == pytest.approx((300, 150), abs=0.02)


@pytest.mark.parametrize("sink", ["out.tiff", "out.jpg", "out.png", "out.webp"])
def test_the_tags_of_a_tiff_come_out_with_it(tmp_path: Path, sink: str) -> None:
    carried = PictureMetadata(exif=exif(1), icc=tiny_profile(), xmp=b"<x:xmpmeta/>")
    source = photograph(tmp_path / "in.tiff", carried)

    out, report = derained(source, sink)

    found = metadata_of(out.read_bytes())
    assert report.notes == []
    assert directories_of(found.exif)[0][271] == Entry(2, b"Acme")
    assert (found.icc, found.xmp) == (carried.icc, carried.xmp)
    assert pixels_of(out, cv2.IMREAD_COLOR).shape == (48, 64, 3)


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_texts_stay_in_their_kind_of_file_and_are_named_elsewhere(
    tmp_path: Path, suffix: str
) -> None:
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x04text"
    own: dict[str, tuple[tuple[bytes, bytes], ...]] = {
        "jpg": ((b"\xfe", b"by hand"), (b"\xed", iptc)),
        "png": ((b"tEXt", b"Title\0rain"), (b"gAMA", b"\0\0\xb1\x8f")),
    }
    kind = {"jpg": "jpeg", "png": "png"}[suffix]
    carried = PictureMetadata(own=own[suffix], kind=kind)
    source = photograph(tmp_path / f"in.{suffix}", carried)

    same, without = derained(source, f"same.{suffix}")
    _, other = derained(source, "other.tiff")

    assert metadata_of(same.read_bytes()).own == own[suffix]
    assert without.notes == []
    assert other.notes == [f"left out of other.tiff: texts and marks of {kind.upper()}"]


def test_a_profile_of_cmyk_does_not_go_into_rgb(tmp_path: Path) -> None:
    icc = tiny_profile().replace(b"RGB ", b"CMYK")
    source = photograph(tmp_path / "in.png", PictureMetadata())
    data = source.read_bytes()
    profile = chunk(b"iCCP", b"press\0\0" + zlib.compress(icc))
    source.write_bytes(data[:33] + profile + data[33:])

    out, report = derained(source, "out.png")

    assert metadata_of(out.read_bytes()).icc == b""
    assert report.notes == ["left out of out.png: colour profile (ICC) of CMYK"]


def test_what_is_too_long_for_a_jpeg_is_named(tmp_path: Path) -> None:
    source = photograph(tmp_path / "in.png", PictureMetadata(xmp=b"x" * 70_000))

    out, report = derained(source, "out.jpg")

    assert metadata_of(out.read_bytes()).xmp == b""
    assert report.notes == ["left out of out.jpg: XMP data"]


@pytest.mark.parametrize("write", [tiff_of_tiles, None])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_tiff_comes_out_upright(
    tmp_path: Path, orientation: int, write: Callable[[Path, np.ndarray], Path] | None
) -> None:
    plain = pixels_of(photograph(tmp_path / "a.png", PictureMetadata()), 1)
    source = tmp_path / "in.tiff"
    if write is None:
        assert cv2.imwrite(str(source), plain)
    else:
        write(source, plain)
    data = source.read_bytes()
    own = directories_of(data)[0]
    source.write_bytes(with_directory(data, {**own, 274: shorts([orientation])}))

    out, _ = derained(source, "out.png")

    shown = pixels_of(out, cv2.IMREAD_COLOR)
    assert np.array_equal(shown, _as_shown(plain, orientation))


def test_a_turned_tiff_of_the_other_byte_order_comes_out_upright(
    tmp_path: Path,
) -> None:
    plain = np.full((16, 32, 3), 60, np.uint8)
    plain[:, :16] = 200
    entries = [
        *[(256, 3, 1, 32 << 16), (257, 3, 1, 16 << 16), (258, 3, 1, 8 << 16)],
        *[(259, 3, 1, 1 << 16), (262, 3, 1, 1 << 16), (274, 3, 1, 6 << 16)],
        *[(277, 3, 1, 1 << 16), (322, 3, 1, 16 << 16), (323, 3, 1, 16 << 16)],
        *[(324, 4, 2, 146), (325, 4, 2, 154)],
    ]
    head = b"MM\0*" + struct.pack(">IH", 8, len(entries))
    listed = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    tiles = plain[:, :16, 0].tobytes() + plain[:, 16:, 0].tobytes()
    places = struct.pack(">IIII", 162, 162 + 256, 256, 256)
    source = tmp_path / "in.tiff"
    source.write_bytes(head + listed + bytes(4) + places + tiles)

    out, _ = derained(source, "out.png")

    shown = pixels_of(out, cv2.IMREAD_COLOR)
    assert np.array_equal(shown, _as_shown(plain, 6))


def test_what_many_pictures_lose_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(3):
        carried = PictureMetadata(xmp=b"<x:xmpmeta/>")
        photograph(tmp_path / "in" / f"{number}.png", carried)

    report = derain_video(
        f"{tmp_path}/in/", f"{tmp_path}/out/%d.bmp", network=PassThrough()
    )

    assert report.notes == ["left out of 0.bmp and 2 more: XMP data"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_comes_out_upright_and_says_so(
    tmp_path: Path, orientation: int
) -> None:
    source = photograph(tmp_path / "in.png", PictureMetadata())
    data = source.read_bytes()
    turned, _ = with_metadata(data, ".png", SIZE, PictureMetadata(exif=exif(1)))
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
