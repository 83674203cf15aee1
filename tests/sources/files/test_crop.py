"""A border that players hide is seen in the container."""

import struct
from pathlib import Path

import pytest

from sources.files.crop import hides_border
from tests.conftest import MakeClip


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
    assert not hides_border(make_clip(name, frames=1))


def test_a_clean_aperture_of_mp4_hides_a_border(tmp_path: Path) -> None:
    entry = box(b"avc1", bytes(78) + box(b"clap", bytes(32)))
    outer = box(b"stsd", bytes(8) + entry)
    for kind in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        outer = box(kind, outer)
    path = tmp_path / "in.mp4"
    path.write_bytes(outer)

    assert hides_border(path)


@pytest.mark.parametrize(("crop", "hides"), [(b"\x08", True), (b"\0", False)])
def test_the_crop_of_matroska_hides_a_border_unless_it_is_zero(
    tmp_path: Path, crop: bytes, hides: bool
) -> None:
    path = tmp_path / "in.mkv"
    path.write_bytes(matroska(crop))

    assert hides_border(path) is hides
