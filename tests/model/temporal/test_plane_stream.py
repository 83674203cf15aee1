"""The temporal step on a device that plays CUDA, against the one on the host."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.pictures.planes import PlaneForm, Planes
from model.temporal.stream import TemporalStream
from tests.support.media.rainy_scene import psnr, scene
from tests.support.media.seen_planes import (
    HIGH,
    WIDE,
    derained,
    empty,
    film,
    on_device,
    pixels_of,
    planes_of,
)
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12, Halve

P010 = PlaneForm(matrix=1, full_range=False, depth=10, shift=6)
PLANAR10 = PlaneForm(matrix=1, full_range=False, depth=10)


@pytest.mark.parametrize("kind", ["causal", "centred"])
@pytest.mark.parametrize("network", [nn.Identity, Halve])
def test_the_host_takes_the_same_rain_out_of_pixels(
    kind: str, network: type[nn.Module]
) -> None:
    shown = [planes_of(frame) for frame in film(6)]
    pixels = [pixels_of(planes) for planes in shown]
    device = TemporalStream(on_device(0, network), temporal=kind, gate="off")
    host = TemporalStream(on_device(0, network), temporal=kind, gate="off")
    expected = [np.empty_like(one) for one in pixels]
    for pending in [host.start(*pair) for pair in zip(pixels, expected, strict=True)]:
        pending.wait()

    made = derained(device, shown)

    for number, (planes, picture) in enumerate(zip(made, expected, strict=True)):
        truth = planes_of(picture).luma.astype(int)
        apart = np.abs(planes.luma - truth)
        assert (apart <= 2).mean() > 0.99, number
        assert apart.mean() < 0.3, number
    assert psnr(pixels_of(made[4]), expected[4]) > 40
    if network is nn.Identity:
        ground = scene(HIGH, WIDE)
        assert psnr(pixels_of(made[4]), ground) > psnr(pixels[4], ground) + 5


@pytest.mark.parametrize("kind", ["causal", "centred"])
def test_work_in_any_order_gives_the_same_pictures(kind: str) -> None:
    shown = [planes_of(frame) for frame in film(5, cut_at=3)]
    runs = [
        derained(TemporalStream(on_device(seed), temporal=kind, gate="off"), shown)
        for seed in range(3)
    ]

    for other in runs[1:]:
        for one, expected in zip(other, runs[0], strict=True):
            for part in ("luma", "cb", "cr"):
                assert np.array_equal(getattr(one, part), getattr(expected, part))


def test_nothing_is_taken_across_a_cut() -> None:
    frames = film(6, cut_at=3)
    frames[3] = scene(HIGH, WIDE, seed=7)  # dry, so it comes as it is
    shown = [planes_of(frame) for frame in frames]

    made = derained(TemporalStream(on_device(), temporal="causal", gate="off"), shown)

    assert np.abs(made[3].luma.astype(int) - shown[3].luma).max() <= 1
    assert (made[5].luma.astype(int) < shown[5].luma - 20).sum() > 50


def test_frames_of_another_size_begin_anew() -> None:
    small = [planes_of(frame[:56, :72]) for frame in film(3)]
    shown = [planes_of(frame) for frame in film(3)] + small

    made = derained(TemporalStream(on_device(), temporal="centred", gate="off"), shown)

    assert [one.luma.shape for one in made] == [one.luma.shape for one in shown]
    assert np.abs(pixels_of(made[3]).astype(int) - pixels_of(small[0])).max() > 20


def test_ten_bits_stay_ten_bits() -> None:
    frames = [frame.astype(np.uint16) * 257 for frame in film(4)]
    shown = [planes_of(frame, P010) for frame in frames]
    stream = TemporalStream(on_device(), temporal="causal", gate="off")

    made = derained(stream, shown, P010, PLANAR10)

    assert np.abs(made[0].luma - (shown[0].luma >> 6).astype(int)).max() <= 1
    assert ((made[3].luma.astype(int) - (shown[3].luma >> 6)) < -80).sum() > 50
    assert (made[3].luma % 4 != 0).any()


def test_a_dry_stream_comes_back_bit_for_bit_and_a_rainy_one_does_not() -> None:
    dry = [planes_of(scene(HIGH, WIDE))] * 4
    for shown, untouched in ((dry, True), ([planes_of(f) for f in film(4)], False)):
        stream = TemporalStream(on_device(), temporal="centred")

        made = derained(stream, shown)

        same = [
            np.array_equal(ours.luma, its.luma)
            for ours, its in zip(made, shown, strict=True)
        ]
        assert all(same) == untouched


class TooSmall(DeferredDevice):
    """Has no room for what the neighbours need after some frames."""

    left = 3

    def empty(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        if shape == (2,):  # what the neighbours took out
            self.left -= 1
            if self.left < 0:
                raise torch.OutOfMemoryError("none left")
        return super().empty(shape, kind)


def test_without_room_for_neighbours_pictures_go_on_as_pixels() -> None:
    inner = CudaBackend(
        nn.Identity(),
        8,
        device=TooSmall(),
        precision="fp32",
        kernels=ReferenceKernels(),
    )
    stream = TemporalStream(inner, temporal="centred", gate="off")
    shown = [planes_of(frame) for frame in film(8)]
    flying: list[Any] = []
    outs = [empty(one.luma.shape) for one in shown]
    for planes, out in zip(shown, outs, strict=True):
        pending = stream.start_planes(planes, NV12, out, NV12)
        if pending is not None:
            flying.append(pending)
    for pending in flying:
        pending.wait()

    assert 3 < len(flying) < 8
    assert not stream.takes_planes
    for ours, its in zip(outs[3 : len(flying)], shown[3:], strict=False):
        assert np.abs(ours.luma.astype(int) - its.luma).max() <= 2


def test_frames_that_come_as_pixels_in_between_are_not_lost() -> None:
    stream = TemporalStream(on_device(), temporal="centred", gate="off")
    frames = film(9)
    flying: list[Any] = []
    outs: list[Any] = []
    for number, frame in enumerate(frames):
        if number in {3, 4}:
            outs.append(np.empty_like(frame))
            flying.append(stream.start(frame, outs[-1]))
        else:
            planes = planes_of(frame)
            outs.append(empty(planes.luma.shape))
            flying.append(stream.start_planes(planes, NV12, outs[-1], NV12))
    for pending in flying:
        pending.wait()

    for number, (out, frame) in enumerate(zip(outs, frames, strict=True)):
        shown = out if number in {3, 4} else pixels_of(out)
        assert psnr(shown, frame) > 20, number
    assert not stream.waits


def test_a_stream_that_goes_on_from_another_is_the_one_in_one_go() -> None:
    shown = [planes_of(frame) for frame in film(9)]
    whole = derained(TemporalStream(on_device(), temporal="causal", gate="off"), shown)
    first = TemporalStream(on_device(1), temporal="causal", gate="off")
    derained(first, shown[:5])

    rest = TemporalStream(
        on_device(2), temporal="causal", gate="off", remembered=first.lumas
    )
    forgot = TemporalStream(on_device(2), temporal="causal", gate="off")

    assert [luma.dtype for luma in first.lumas] == [np.float32, np.float32]
    made = derained(rest, shown[3:])[2:]  # two before it are seen once more
    assert all(map(alike, made, whole[5:]))
    assert not all(map(alike, derained(forgot, shown[3:])[2:], whole[5:]))


def test_frames_ahead_leave_nothing_to_remember() -> None:
    stream = TemporalStream(on_device(), temporal="centred", gate="off")

    derained(stream, [planes_of(frame) for frame in film(6)])

    assert list(stream.lumas) == []


def test_what_is_remembered_goes_from_the_device_to_the_host_and_back() -> None:
    frames = film(9)
    shown = [planes_of(frame) for frame in frames]
    pixels = [pixels_of(planes) for planes in shown]
    device = TemporalStream(on_device(), temporal="causal", gate="off")
    whole = derained(device, shown)
    first = TemporalStream(on_device(), temporal="causal", gate="off")
    derained(first, shown[:5])

    host = TemporalStream(
        on_device(), temporal="causal", gate="off", remembered=first.lumas
    )
    for frame in pixels[3:5]:
        host.start(frame, np.empty_like(frame)).wait()
    back = TemporalStream(
        on_device(), temporal="causal", gate="off", remembered=host.lumas
    )

    assert [luma.dtype for luma in host.lumas] == [np.uint8, np.uint8]
    made = derained(back, shown[3:])[2:]
    for one, expected in zip(made, whole[5:], strict=True):
        assert np.abs(one.luma.astype(int) - expected.luma).mean() < 0.2


def test_what_is_remembered_is_for_the_first_frames_however_they_come() -> None:
    frames = film(9)
    shown = [planes_of(frame) for frame in frames]
    plain = TemporalStream(on_device(), temporal="causal", gate="off")
    wrong = [np.zeros((HIGH, WIDE), np.float32)] * 2
    late = TemporalStream(on_device(), temporal="causal", gate="off", remembered=wrong)
    first = pixels_of(shown[0])

    late.start(first, np.empty_like(first)).wait()

    assert all(map(alike, derained(late, shown[1:]), derained(plain, shown[1:])))


def alike(one: Planes, other: Planes) -> bool:
    return all(
        np.array_equal(getattr(one, part), getattr(other, part))
        for part in ("luma", "cb", "cr")
    )
