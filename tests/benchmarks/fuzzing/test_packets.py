from random import Random

import av
import pytest

from benchmarks.fuzzing.packets import damage_packets
from tests.conftest import MakeClip


def rng(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - to be had again


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_packets_are_lost_or_noise_and_the_file_stays_one(
    make_clip: MakeClip, name: str
) -> None:
    clip = make_clip(name, frames=30, audio=True)
    whole = clip.read_bytes()

    damaged = damage_packets(whole, clip.suffix, rng(3))

    clip.write_bytes(damaged)
    with av.open(str(clip)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
        count = sum(packet.size > 0 for packet in container.demux(video=0))
    assert damaged != whole
    assert 0 < count <= 30


def test_what_has_no_packets_stays_as_it_was() -> None:
    assert damage_packets(b"no clip", ".mp4", rng(1)) == b"no clip"
    assert damage_packets(b"a picture", ".png", rng(1)) == b"a picture"
