"""Runs by planes whose device has too little memory, or is lost."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import torch

from model import ModelError
from sinks import open_sink
from sources import open_source
from streamer.network.rotated import upright
from streamer.network.shared import SharedNetwork, Sharing
from streamer.pipeline.file import Pipeline
from tests.conftest import MakeClip
from tests.support.networks.deferred_device import DeferredDevice, DeferredEvent
from tests.support.networks.on_device import OnDevice
from tests.support.probe import look_at


class FullAbove300(DeferredDevice):
    def empty(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        if shape[1] > 300:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().empty(shape, kind)


@pytest.mark.slow
def test_no_frame_is_lost_when_the_memory_runs_out(make_clip: MakeClip) -> None:
    clip = make_clip(size=(640, 512), frames=5)
    network = OnDevice(FullAbove300())

    pipeline = Pipeline(open_source(str(clip)), network, open_sink("null:"))
    pipeline.run()
    report = pipeline.report("in", "out", measure_alone=False)

    assert report.frames_out == 5
    assert network.as_pixels == 5
    assert [note for note in report.notes if "going on in tiles of 256" in note]
    assert upright(network, 180).notes == network.notes
    network.close()


@pytest.mark.slow
def test_no_stream_loses_frames_when_the_memory_of_all_runs_out(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(size=(640, 512), frames=3)
    network = OnDevice(FullAbove300())
    counted = []

    def derain(part: SharedNetwork) -> None:
        pipeline = Pipeline(open_source(str(clip)), part, open_sink("null:"))
        pipeline.run()
        counted.append(pipeline.output.frames_out)

    with closing(Sharing(network)) as sharing, ThreadPoolExecutor(2) as threads:
        list(threads.map(derain, [sharing.part(), sharing.part()]))

    assert counted == [3, 3]
    assert [note for note in network.notes if "going on in tiles of 256" in note]
    network.close()


class Dies(DeferredDevice):
    """Is lost after some pictures, as a card that falls off the bus."""

    pictures = 6

    def work_until(self, event: DeferredEvent, ticket: int) -> None:
        self.pictures -= 1
        if self.pictures < 0:
            raise torch.AcceleratorError("CUDA error: unknown error\nmore of it")
        super().work_until(event, ticket)


def test_a_lost_device_ends_the_run_and_leaves_a_file_that_plays(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    pipeline = Pipeline(
        open_source(str(make_clip())), OnDevice(Dies()), open_sink(str(out))
    )

    with pytest.raises(ModelError, match=r"^The device cpu failed: .*unknown error$"):
        pipeline.run()

    # The last ones may wait for the encoder when the error overtakes them.
    assert 3 <= len(look_at(out).times) <= 6
