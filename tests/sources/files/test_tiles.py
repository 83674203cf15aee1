import struct
from pathlib import Path

import pytest

from sources import SourceError, open_source
from sources.files.tiles import is_tiled
from tests.conftest import MakeClip


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_a_picture_of_tiles_is_refused(make_clip: MakeClip) -> None:
    path = make_clip("in.mp4", frames=1)
    item = box(b"infe", struct.pack(">IHH4s", 2 << 24, 5, 0, b"grid") + b"\0")
    items = box(b"iinf", struct.pack(">IH", 0, 1) + item)
    path.write_bytes(path.read_bytes() + box(b"meta", bytes(4) + items))

    assert is_tiled(path)
    with pytest.raises(SourceError, match="made of tiles"):
        open_source(str(path))


def test_a_film_is_not_made_of_tiles(make_clip: MakeClip, tmp_path: Path) -> None:
    assert not is_tiled(make_clip("in.mp4", frames=1))
    (tmp_path / "no").write_bytes(b"none")
    assert not is_tiled(tmp_path / "no")
