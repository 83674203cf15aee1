"""Side data that bring a dictionary crash PyAV: nothing touches them."""

import gc
import struct
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.packet import Packet
from av.stream import Stream

from sources.side_data import side_data_of
from streamer import derain_video
from tests.support.fakes import PassThrough
from tests.support.media.awkward import chunk, png_with_profile
from tests.support.probe import look_at


def derained(source: Path, sink: Path) -> int:
    return derain_video(source, sink, network=PassThrough()).frames_out


def test_a_png_with_a_colour_profile_comes_through(tmp_path: Path) -> None:
    source = png_with_profile(tmp_path / "in.png")

    assert derained(source, tmp_path / "out.png") == 1


def test_a_folder_of_them_comes_through(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        png_with_profile(folder / f"{number}.png")

    assert derained(folder, tmp_path / "out.mp4") == 3


@pytest.mark.parametrize("container", ["mov", "avi"])
def test_png_pictures_in_a_container_come_through(
    tmp_path: Path, container: str
) -> None:
    data = png_with_profile(tmp_path / "in.png").read_bytes()
    source = tmp_path / f"in.{container}"
    with av.open(str(source), "w") as output:
        stream = output.add_mux_stream("png", rate=25, width=64, height=48)
        stream.time_base = Fraction(1, 25)
        for number in range(5):
            packet: Packet[Stream] = Packet(data)
            packet.stream = stream
            packet.pts = packet.dts = number
            packet.time_base = Fraction(1, 25)
            packet.is_keyframe = True
            output.mux(packet)

    report = derain_video(source, tmp_path / "out.mkv", network=PassThrough())

    assert report.frames_out == len(look_at(tmp_path / "out.mkv").times) == 5
    assert report.notes == ["left out: the colour profile (ICC)"]


def test_the_profile_of_an_animated_png_is_named_as_lost(tmp_path: Path) -> None:
    still = png_with_profile(tmp_path / "in.png").read_bytes()
    header_ends, picture = still.index(b"IDAT") - 4, still.index(b"IDAT")
    animation = chunk(b"acTL", struct.pack(">II", 2, 0))
    frames = [
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 64, 48, 0, 0, 1, 10, 0, 0))
        for number in (0, 1)
    ]
    size = int.from_bytes(still[header_ends:picture])
    pixels = still[picture + 4 : picture + 4 + size]
    second = chunk(b"fdAT", struct.pack(">I", 2) + pixels)
    source = tmp_path / "in.apng"
    source.write_bytes(
        still[:header_ends]
        + animation
        + frames[0]
        + chunk(b"IDAT", pixels)
        + frames[1]
        + second
        + chunk(b"IEND", b"")
    )

    report = derain_video(source, tmp_path / "out.mp4", network=PassThrough())

    assert report.frames_out == 2
    assert report.notes == ["left out: the colour profile (ICC)"]


def test_a_picture_that_was_looked_at_is_freed_with_its_last_user() -> None:
    """PyAV's own property makes a ring: 200 pictures of 4K lay about for seconds."""
    gc.collect()
    gc.disable()
    try:
        assert side_data_of(av.VideoFrame(64, 48), "h264") == ()
        found = gc.collect()
    finally:
        gc.enable()

    assert found == 0
