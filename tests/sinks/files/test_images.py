"""Frames as picture files: their names, their depth, and what they lose."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from sinks.errors import SinkError
from sinks.files.images import PictureFiles
from sources.frame import Colour, Frame, StreamInfo
from sources.pictures.metadata import PictureMetadata

BASE = Fraction(1, 25)
INFO = StreamInfo(
    width=16, height=12, pixel_format="rgb24", time_base=BASE, colour=Colour()
)
PIXELS = np.random.default_rng(1).integers(0, 255, (12, 16, 3), np.uint8)


def frame(index: int = 0, name: str = "", pixels: np.ndarray = PIXELS) -> Frame:
    kind = "rgb48le" if pixels.dtype == np.uint16 else "rgb24"
    return Frame(
        picture=av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), kind),
        index=index,
        pts=index,
        time_base=BASE,
        colour=Colour(),
        name=name,
    )


def written(
    path: Path, *given: Frame, folder: bool = False, info: StreamInfo = INFO
) -> PictureFiles:
    sink = PictureFiles(path, folder=folder)
    sink.begin(info)
    for each in given:
        sink.write(each)
    sink.finish(whole=True)
    sink.close()
    return sink


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read(path: Path) -> np.ndarray:
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    return np.asarray(pixels)


def test_pictures_in_a_folder_keep_their_names_and_others_are_numbered(
    tmp_path: Path,
) -> None:
    written(
        tmp_path / "out",
        frame(0, "rain_12.png"),
        frame(1),
        frame(2, "clip.mp4"),
        folder=True,
    )

    assert names_in(tmp_path / "out") == ["000001.png", "clip.png", "rain_12.png"]


def test_a_picture_too_deep_for_its_kind_becomes_png(tmp_path: Path) -> None:
    deep = frame(0, "a.jpg", PIXELS.astype(np.uint16) * 257)

    written(tmp_path / "out", deep, frame(1, "b.jpg"), folder=True)

    assert names_in(tmp_path / "out") == ["a.png", "b.jpg"]
    assert read(tmp_path / "out" / "a.png").dtype == np.uint16


def test_a_pattern_numbers_them_from_zero(tmp_path: Path) -> None:
    written(tmp_path / "a%03d.png", frame(0), frame(11, "other.png"))

    assert names_in(tmp_path) == ["a000.png", "a011.png"]


@pytest.mark.parametrize(
    ("rotation", "mirrored", "shown"),
    [
        (0, False, PIXELS),
        (90, False, np.rot90(PIXELS)),
        (180, True, PIXELS[::-1]),
    ],
)
def test_pixels_are_stored_as_they_are_shown(
    tmp_path: Path, rotation: int, mirrored: bool, shown: np.ndarray
) -> None:
    turned = replace(frame(), rotation=rotation, mirrored=mirrored)

    written(tmp_path / "a.png", turned)

    assert np.array_equal(read(tmp_path / "a.png")[..., ::-1], shown)


def test_alpha_goes_into_kinds_that_hold_it_and_is_named_elsewhere(
    tmp_path: Path,
) -> None:
    alpha = np.arange(12 * 16, dtype=np.uint8).reshape(12, 16)
    clear = replace(frame(), alpha=alpha)

    held = written(tmp_path / "a.png", clear)
    lost = written(tmp_path / "a.bmp", clear)

    assert np.array_equal(read(tmp_path / "a.png")[..., 3], alpha)
    assert held.notes == []
    assert lost.notes == ["left out of a.bmp: transparency"]


def test_colours_multiplied_by_alpha_are_named_where_they_must_not_be(
    tmp_path: Path,
) -> None:
    metadata = PictureMetadata(premultiplied=True)
    alpha = np.full((12, 16), 9, np.uint8)
    clear = replace(frame(), alpha=alpha, metadata=metadata)

    png = written(tmp_path / "a.png", clear)
    tiff = written(tmp_path / "a.tiff", clear)

    assert png.notes == ["left out of a.png: that the colours are multiplied by alpha"]
    assert tiff.notes == []


def test_a_deeper_source_is_rounded_with_a_note(tmp_path: Path) -> None:
    deep = replace(INFO, pixel_format="yuv420p10le")

    assert written(tmp_path / "a.jpg", frame(), info=deep).notes == [
        ".jpg holds 8 bits: the deeper source is rounded"
    ]
    assert written(tmp_path / "a.png", frame(), info=deep).notes == []


def test_a_second_frame_for_one_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="is one picture, but the source has more"):
        written(tmp_path / "a.png", frame(0), frame(1))


def test_a_picture_that_its_kind_cannot_hold_is_named_and_others_are_stored(
    tmp_path: Path,
) -> None:
    wide = np.zeros((1, 17_000, 3), np.uint8)  # WebP ends at 16383

    with pytest.raises(SinkError, match=r"1\.webp: .*17000x1 cannot be stored as"):
        written(tmp_path / "%d.webp", frame(0), frame(1, pixels=wide), frame(2))

    assert names_in(tmp_path) == ["0.webp", "2.webp"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.gif", "no picture format has this suffix"),
        ("a%d_%d.png", "exactly one field such as %06d"),
        ("notes/a.png", "notes is no folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "notes").touch()

    with pytest.raises(SinkError, match=said):
        PictureFiles(tmp_path / name, folder=False)


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("/dev/full")

    with pytest.raises(SinkError, match=r"a\.png: No space left on device"):
        written(tmp_path / "a.png", frame())


def test_the_encoder_is_the_kind_of_file(tmp_path: Path) -> None:
    assert PictureFiles(tmp_path, folder=True).encoder == "png"
    assert PictureFiles(tmp_path / "a.JPG", folder=False).encoder == "jpg"
