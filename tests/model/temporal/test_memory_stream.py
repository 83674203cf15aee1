"""One stream through a network with a memory."""

from dataclasses import replace
from typing import cast

import numpy as np
import torch

from model import build_network
from model.mspfn.variants import variant_named
from model.mspfn.video import VideoMSPFN
from model.temporal.memory_stream import MemoryStream
from tests.support.media.rainy_scene import rain, scene


def network() -> VideoMSPFN:
    """A small one with random numbers, which sees rain in everything."""
    torch.manual_seed(0)
    small = replace(
        variant_named("mspfn-tiny-video"),
        modules=1,
        width=8,
        recurrent=(4, 4, 4),
        recurrent_inputs=(4, 4, 4),
    )
    made = build_network(small).eval()
    made.get_parameter("reconstruction.rain.weight").data *= 30
    return cast(VideoMSPFN, made)


def test_the_first_frame_is_derained_as_a_picture() -> None:
    net, frame = network(), rain(scene(), 0)

    derained = MemoryStream(net).derain(frame)

    rgb = torch.from_numpy(frame).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        expected = net(rgb)[0].clamp(0, 1).permute(1, 2, 0) * 255
    assert np.abs(derained - expected.numpy()).max() <= 0.51
    assert derained.shape == frame.shape
    assert derained.dtype == np.uint8


def test_later_frames_know_what_came_before_until_there_is_a_cut() -> None:
    net, wet = network(), [rain(scene(), seed) for seed in range(3)]
    alone = MemoryStream(net).derain(wet[1])
    stream = MemoryStream(net)
    stream.derain(wet[0])

    assert not np.array_equal(stream.derain(wet[1]), alone)
    assert stream.begun == 1
    other = 255 - wet[1]
    assert np.array_equal(stream.derain(other), MemoryStream(net).derain(other))
    assert stream.begun == 2


def test_frames_of_another_size_begin_anew() -> None:
    net, stream = network(), MemoryStream(network())
    stream.derain(rain(scene(), 0))
    larger = scene(140, 180)

    assert np.array_equal(stream.derain(larger), MemoryStream(net).derain(larger))
    assert stream.begun == 2


def test_two_streams_of_one_network_do_not_mix() -> None:
    net, wet = network(), [rain(scene(), seed) for seed in range(3)]
    alone = MemoryStream(net)
    expected = [alone.derain(frame) for frame in wet]

    one, two = MemoryStream(net), MemoryStream(net)
    seen = []
    for frame in wet:
        seen.append(one.derain(frame))
        two.derain(frame[::-1].copy())

    assert all(np.array_equal(a, b) for a, b in zip(seen, expected, strict=True))


def test_16_bit_frames_come_back_with_their_depth() -> None:
    net, frame = network(), rain(scene(), 0)

    deep = MemoryStream(net).derain(frame.astype(np.uint16) * 257)

    shallow = MemoryStream(net).derain(frame)
    assert deep.dtype == np.uint16
    assert np.abs(deep / 257 - shallow).max() <= 0.51
