"""Side data that bring a dictionary crash PyAV: nothing touches them."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.packet import Packet
from av.stream import Stream

from streamer import derain_video
from tests.support.fakes import PassThrough
from tests.support.media.awkward import png_with_profile
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

    frames = derained(source, tmp_path / "out.mkv")

    assert frames == len(look_at(tmp_path / "out.mkv").times) == 5
