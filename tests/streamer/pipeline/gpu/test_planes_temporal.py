"""Whole runs with the temporal step in planes, on a device that plays."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.temporal.stream import TemporalStream
from sinks import open_sink
from sinks.encoding.options import EncodeOptions
from sources import open_source
from streamer.network.rotated import upright
from streamer.network.shared import SharedNetwork, Sharing
from streamer.pipeline.file import Pipeline
from tests.conftest import MakeClip
from tests.support.media.planes import luma_planes
from tests.support.networks.on_device import OnDevice
from tests.support.probe import look_at

pytestmark = pytest.mark.slow


def run(clip: Path, network: Any, out: Path) -> None:
    sink = open_sink(str(out), encode=EncodeOptions(quality=0))
    Pipeline(open_source(str(clip)), network, sink).run()


@pytest.mark.parametrize("kind", ["causal", "centred"])
def test_frames_stay_planes_and_keep_their_order_and_times(
    make_clip: MakeClip, tmp_path: Path, kind: str
) -> None:
    clip, out = make_clip(frames=6), tmp_path / "out.mp4"
    network = OnDevice()

    run(clip, TemporalStream(network, temporal=kind, gate="auto"), out)

    assert (network.as_planes, network.as_pixels) == (6, 0)
    assert look_at(out).times == look_at(clip).times
    came = luma_planes(clip)
    for number, after in enumerate(luma_planes(out)):
        apart = [np.abs(before.astype(int) - after).mean() for before in came]
        assert int(np.argmin(apart)) == number


def test_a_turned_stream_is_mixed_as_it_is_stored(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    clip, out = make_clip(frames=6), tmp_path / "out.mp4"
    network = OnDevice()
    memory = TemporalStream(network, temporal="causal", gate="off")

    run(clip, upright(memory, 90), out)

    assert (network.as_planes, network.as_pixels) == (6, 0)
    for before, after in zip(luma_planes(clip), luma_planes(out), strict=True):
        assert np.abs(before.astype(int) - after).mean() < 4


def test_streams_with_memories_share_one_network(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    network = OnDevice()
    clips = [make_clip(f"{n}.mp4", frames=4) for n in range(2)]

    def derain(clip: Path, part: SharedNetwork) -> None:
        with TemporalStream(part, temporal="centred", gate="auto") as memory:
            run(clip, memory, tmp_path / f"out_{clip.name}")

    with closing(Sharing(network)) as sharing:
        works = [(clip, sharing.part()) for clip in clips]
        with ThreadPoolExecutor(len(works)) as threads:
            list(threads.map(derain, *zip(*works, strict=True)))

    assert (network.as_planes, network.as_pixels) == (8, 0)
    for clip in clips:
        alone = tmp_path / f"alone_{clip.name}"
        run(clip, TemporalStream(OnDevice(), temporal="centred", gate="auto"), alone)
        made = luma_planes(tmp_path / f"out_{clip.name}")
        for ours, its in zip(made, luma_planes(alone), strict=True):
            assert np.array_equal(ours, its)
