"""Covers in files whose muxer left them out, read back by FFmpeg."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from sinks.files.muxing.mp4_covers import add_covers
from tests.support.probe import payload

JPEG, PNG = b"\xff\xd8\xff\xe0" + bytes(60), b"\x89PNG\r\n\x1a\n" + bytes(60)


def film(path: Path, **tags: str) -> Path:
    """Writes a film whose pictures are no pictures, with tags of any name."""
    keys = {"movflags": "use_metadata_tags"} if tags else {}
    with av.open(str(path), "w", options=keys) as output:
        output.metadata.update(tags)
        video = output.add_mux_stream("mjpeg", rate=25, width=64, height=48)
        for index in range(3):
            packet = av.Packet(JPEG)
            packet.pts = packet.dts = index
            packet.time_base, packet.stream = Fraction(1, 25), video
            output.mux(packet)
    return path


def covers_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        wanted = [
            stream
            for stream in container.streams
            if stream.disposition & av.stream.Disposition.attached_pic
        ]
        return [bytes(p) for p in container.demux(wanted) if p.size] if wanted else []


@pytest.mark.parametrize("name", ["a.mov", "a.mp4"])
@pytest.mark.parametrize("tags", [{}, {"camera_id": "CAM7"}])
def test_covers_are_found_by_players_and_all_else_stays(
    tmp_path: Path, name: str, tags: dict[str, str]
) -> None:
    path = film(tmp_path / name, **tags)
    before = payload(path, "video")

    add_covers(path, [JPEG, PNG])

    assert covers_of(path) == [JPEG, PNG]
    with av.open(str(path)) as container:
        assert tags.items() <= container.metadata.items()
    assert payload(path, "video") == before


@pytest.mark.parametrize("covers", [[], [b"GIF89a"]])
def test_without_a_cover_of_a_known_kind_the_file_stays(
    tmp_path: Path, covers: list[bytes]
) -> None:
    path = film(tmp_path / "a.mov")
    before = path.read_bytes()

    add_covers(path, covers)

    assert path.read_bytes() == before


def test_covers_that_are_there_are_not_added_twice(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    add_covers(path, [JPEG])
    before = path.read_bytes()

    add_covers(path, [JPEG])

    assert path.read_bytes() == before


def test_a_film_without_a_head_stays(tmp_path: Path) -> None:
    path = tmp_path / "cut.mov"
    path.write_bytes(b"\0\0\0\x08free")

    add_covers(path, [JPEG])

    assert path.read_bytes() == b"\0\0\0\x08free"
