"""What a file holds beside its pictures has a name, whatever it is."""

import struct
from pathlib import Path

import pytest

from sources.container.inventory import inventory, picture_data
from tests.conftest import MakeClip


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_streams_tags_and_chapters_are_named_and_counted(make_clip: MakeClip) -> None:
    path = make_clip("in.mkv", frames=3, audio=True, title="rain", chapters=True)

    found = inventory(path)

    assert found["audio stream"] == 1
    assert found["the tag title"] == 1
    assert found["chapters"] == 1
    assert "video stream" not in found  # the pictures themselves


def test_a_plain_clip_holds_nothing_else(make_clip: MakeClip) -> None:
    assert inventory(make_clip("in.mp4", frames=3)) == {}


def test_a_stream_that_does_not_count_is_left_out(make_clip: MakeClip) -> None:
    path = make_clip("in.mkv", frames=3, audio=True)

    assert "audio stream" not in inventory(path, without=[1])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (b"uuid", "data in uuid boxes"),
        (b"XMP_", "the XMP data"),
        (b"mine", "data in mine boxes"),
    ],
)
def test_a_box_has_a_name_though_nobody_foresaw_it(
    make_clip: MakeClip, kind: bytes, name: str
) -> None:
    path = make_clip("in.mp4", frames=3)
    path.write_bytes(path.read_bytes() + box(kind, bytes(20)))

    assert inventory(path) == {name: 1}


def test_the_trailer_of_a_phone_is_found_at_the_end(make_clip: MakeClip) -> None:
    path = make_clip("in.mp4", frames=3)
    path.write_bytes(path.read_bytes() + box(b"free", b"SEFT"))

    assert list(inventory(path)) == [
        "the camera's own data at the end of the file (SEFT)"
    ]


def test_what_cannot_be_opened_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no film")

    assert inventory(tmp_path / "notes.mp4") == {}
    assert inventory(tmp_path / "missing.mp4") == {}
    assert picture_data(tmp_path / "missing.mp4", {"A53_CC"}) == frozenset()


def test_what_hangs_on_the_pictures_is_found(make_clip: MakeClip) -> None:
    settings = {"x265-params": "log-level=none:max-cll=1000,400"}
    bright = make_clip("in.mp4", frames=3, codec="libx265", options=settings)
    plain = make_clip("plain.mp4", frames=3)

    assert "CONTENT_LIGHT_LEVEL" in picture_data(bright, {"CONTENT_LIGHT_LEVEL"})
    assert picture_data(plain, {"CONTENT_LIGHT_LEVEL"}) == frozenset()
