from pathlib import Path

import pytest

from sources import SourceError, open_source
from sources.files.encryption import encryption_of
from tests.conftest import MakeClip


def test_an_encrypted_mp4_is_called_so(make_clip: MakeClip) -> None:
    path = make_clip("in.mp4", frames=25)
    data = path.read_bytes()
    head, _, samples = data.partition(b"mdat")
    damaged = head + b"mdat" + bytes(64) + samples[64:]
    path.write_bytes(damaged.replace(b"avc1\0\0\0\0\0\0\0\1", b"encv\0\0\0\0\0\0\0\1"))

    assert encryption_of(path) == "its sample entry is encv"


def test_scrambled_packets_of_a_transport_stream_are_named(tmp_path: Path) -> None:
    path = tmp_path / "in.ts"
    path.write_bytes((b"\x47\x01\x00\xd0" + bytes(184)) * 20)

    assert encryption_of(path) == "its packets are scrambled"


@pytest.mark.parametrize("name", ["in.mp4", "in.mkv", "in.ts"])
def test_a_plain_clip_is_not_called_encrypted(make_clip: MakeClip, name: str) -> None:
    path = make_clip(name, frames=5)

    assert encryption_of(path) == ""
    with pytest.raises(SourceError):
        open_source(str(path.with_name("none.mp4")))
