"""A border that players hide is seen in the container."""

import struct
from pathlib import Path

import pytest

from sources.files.crop import hides_border
from tests.conftest import MakeClip

SIZE = (64, 48)


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def element(number: int, body: bytes) -> bytes:
    size = (number.bit_length() + 7) // 8
    return number.to_bytes(size, "big") + bytes([0x80 | len(body)]) + body


def matroska(crop: bytes) -> bytes:
    """A file of one video track that says how much of its left border is hidden."""
    track = element(0xAE, element(0xE0, element(0x54CC, crop)))
    return element(0x18538067, element(0x1654AE6B, track))


@pytest.mark.parametrize("name", ["in.mp4", "in.mkv"])
def test_a_plain_clip_hides_nothing(make_clip: MakeClip, name: str) -> None:
    assert not hides_border(make_clip(name, frames=1), SIZE)


def film_with(aperture: bytes) -> bytes:
    """An MP4 whose pictures have a clean aperture."""
    entry = box(b"avc1", bytes(78) + box(b"clap", aperture))
    outer = box(b"stsd", bytes(8) + entry)
    for kind in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        outer = box(kind, outer)
    return outer


@pytest.mark.parametrize(
    ("aperture", "hides"),
    [
        (struct.pack(">8i", 64, 1, 48, 1, 0, 1, 0, 1), False),  # all of them
        (struct.pack(">8i", 128, 2, 48, 1, 0, 1, 0, 1), False),
        (struct.pack(">8i", 60, 1, 48, 1, 0, 1, 0, 1), True),
        (struct.pack(">8i", 64, 1, 48, 1, 2, 1, 0, 1), True),  # off the middle
        (bytes(8), False),  # cut
    ],
)
def test_a_clean_aperture_of_mp4_hides_a_border_if_it_is_smaller(
    tmp_path: Path, aperture: bytes, hides: bool
) -> None:
    path = tmp_path / "in.mp4"
    path.write_bytes(film_with(aperture))

    assert hides_border(path, SIZE) is hides


@pytest.mark.parametrize(("crop", "hides"), [(b"\x08", True), (b"\0", False)])
def test_the_crop_of_matroska_hides_a_border_unless_it_is_zero(
    tmp_path: Path, crop: bytes, hides: bool
) -> None:
    path = tmp_path / "in.mkv"
    path.write_bytes(matroska(crop))

    assert hides_border(path, SIZE) is hides
