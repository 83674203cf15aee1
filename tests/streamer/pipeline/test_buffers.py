"""File to file with the real network: what a frame costs in memory, once it runs."""

import os
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from model import Derainer
from sinks import open_sink
from sources import open_source
from streamer.pipeline.file import Pipeline
from tests.conftest import MakeClip

_BAR_BYTES = 64 * 1024
_SIZE = (256, 160)
"""A picture of it is 120 KB: one made anew for each frame would pass the bar."""
_LOOKS = (60, 95, 130, 165)
"""Frames at which the memory is looked at: by the first x264 has filled its lookahead.
What the allocator takes once lies between two of them; what a frame costs, between
all."""


class Watch:
    """Looks at the memory while frames come out."""

    def __init__(self) -> None:
        self.allocated_bytes = 0
        self.resident_bytes: list[int] = []

    def __call__(self, frames: int) -> None:
        if frames == _LOOKS[0] - 5:
            tracemalloc.start()
        if frames == _LOOKS[0]:
            self.allocated_bytes = -tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
        if frames in _LOOKS:
            self.resident_bytes.append(_resident_bytes())
        if frames == _LOOKS[-1]:
            self.allocated_bytes += tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

    @property
    def least_growth(self) -> float:
        """Bytes a frame between the two looks where they were the fewest."""
        grown = pairwise(self.resident_bytes)
        frames = pairwise(_LOOKS)
        return min(
            (now - before) / (last - first)
            for (before, now), (first, last) in zip(grown, frames, strict=True)
        )


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
def test_a_frame_costs_no_memory_once_the_run_is_steady(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    source = open_source(str(make_clip(frames=_LOOKS[-1] + 5, size=_SIZE)))
    network = Derainer(device="cpu")
    watch = Watch()

    Pipeline(
        source, network, open_sink(str(tmp_path / "out.mp4")), on_frame=watch
    ).run()
    source.close()
    network.close()

    # The peak above the level at the start: no frame can have taken more.
    assert watch.allocated_bytes < _BAR_BYTES
    assert watch.least_growth < _BAR_BYTES
