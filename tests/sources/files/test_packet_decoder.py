from contextlib import closing
from pathlib import Path

import av
import pytest
from av.error import FFmpegError

from sources.files.video import VideoFile
from tests.conftest import MakeClip


def damage(path: Path, back: int) -> int:
    """Puts zeros in place of a packet, counted from the end; returns how many are."""
    with av.open(str(path)) as container:
        packets = [bytes(each) for each in container.demux(video=0) if each.size]
    data, body = bytearray(path.read_bytes()), packets[-back]
    start = data.rfind(body)
    assert start > 0
    data[start + 6 : start + len(body)] = bytes(len(body) - 6)
    path.write_bytes(data)
    return len(packets)


def decoded_without_frame_threads(path: Path) -> tuple[int, int]:
    """Returns how many pictures come, and how many packets fail."""
    pictures = failures = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"
        for packet in container.demux(stream):
            try:
                pictures += len(packet.decode())
            except FFmpegError:
                failures += 1
    return pictures, failures


def read(path: Path) -> tuple[int, int]:
    """Returns how many frames come, and how many packets are counted as damaged."""
    with closing(VideoFile(path)) as film:
        return len(list(film)), film.health.corrupt_packets


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("in.mkv", "libx264", "yuv420p"),
        ("in.flv", "libx264", "yuv420p"),  # without an index, so nothing to seek by
        ("in.webm", "libvpx-vp9", "yuv420p"),
        ("in.mov", "prores_ks", "yuv422p10le"),
    ],
)
def test_damage_at_the_end_costs_no_picture_that_threads_still_hold(
    make_clip: MakeClip, name: str, codec: str, pixel_format: str
) -> None:
    path = make_clip(
        name,
        frames=40,
        size=(160, 96),
        codec=codec,
        pixel_format=pixel_format,
        options={"g": "20"},
    )
    damage(path, back=2)

    pictures, failures = decoded_without_frame_threads(path)

    assert failures == 1
    assert read(path) == (pictures, failures)


@pytest.mark.parametrize("name", ["in.mkv", "in.mp4", "in.mov"])
@pytest.mark.parametrize("back", [2, 3, 4])
def test_pictures_of_h265_that_no_error_tells_of_are_counted(
    make_clip: MakeClip, name: str, back: int
) -> None:
    path = make_clip(name, frames=40, codec="libx265", options={"g": "20"})
    packets = damage(path, back)

    frames, lost = read(path)

    assert lost > 0
    assert frames + lost == packets


@pytest.mark.parametrize("options", ["open-gop=1:bframes=8", "field=1", "bframes=0"])
def test_healthy_h265_has_nothing_to_count(make_clip: MakeClip, options: str) -> None:
    path = make_clip(
        "in.ts",
        frames=60,
        codec="libx265",
        options={"x265-params": f"log-level=none:keyint=12:{options}"},
    )

    assert read(path) == (60, 0)

    data = path.read_bytes()
    path.write_bytes(data[len(data) // 3 // 188 * 188 :])  # begins in mid-stream
    frames, lost = read(path)

    assert 0 < frames < 60
    assert lost == 0
