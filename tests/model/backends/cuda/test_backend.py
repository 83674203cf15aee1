from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from model import build_network
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.plan import SLOTS
from model.backends.cuda.reference_kernels import (
    ReferenceKernels,
    planes_of_rgb,
    rgb_of_planes,
)
from model.mspfn.conv_lstm import ConvLSTM
from model.pictures.planes import PlaneForm, PlanePicture, Planes
from tests.support.networks.deferred_device import DeferredDevice, DeferredStream
from tests.support.networks.halving import (
    NV12,
    Halve,
    backend_on,
    halved,
    pictures,
    some_planes,
)

P010 = PlaneForm(matrix=9, full_range=False, depth=10, shift=6)


@pytest.mark.parametrize("seed", range(8))
def test_pictures_under_way_together_do_not_mix(seed: int) -> None:
    backend = backend_on(DeferredDevice(seed))
    shown = pictures(12)
    outs = [np.zeros_like(picture) for picture in shown]
    flying: list[Any] = []

    for picture, out in zip(shown, outs, strict=True):
        if len(flying) == SLOTS:
            flying.pop(0).wait()
        given = picture.copy()
        flying.append(backend.start(given, out))
        given[...] = 255  # the caller may use its memory again at once
    for pending in flying:
        pending.wait()

    for picture, out in zip(shown, outs, strict=True):
        assert np.abs(out.astype(int) - halved(picture)).max() <= 1


@pytest.mark.parametrize("seed", range(4))
def test_results_may_be_waited_for_in_any_order_and_late(seed: int) -> None:
    backend = backend_on(DeferredDevice(seed))
    shown = pictures(9)
    outs = [np.zeros_like(picture) for picture in shown]

    pairs = zip(shown, outs, strict=True)
    flying = [backend.start(picture, out) for picture, out in pairs]
    for pending in reversed(flying):
        pending.wait()

    for picture, out in zip(shown, outs, strict=True):
        assert np.abs(out.astype(int) - halved(picture)).max() <= 1


@pytest.mark.parametrize("seed", range(4))
def test_sizes_that_change_under_way_do_not_mix(seed: int) -> None:
    device = DeferredDevice(seed)
    backend = backend_on(device)
    sizes = [(20, 28), (32, 16), (17, 19), (20, 28), (40, 24), (24, 24), (32, 16)]
    shown = [pictures(1, size)[0] for size in sizes]
    outs = [np.zeros_like(picture) for picture in shown]

    pairs = zip(shown, outs, strict=True)
    flying = [backend.start(picture, out) for picture, out in pairs]
    for pending in flying:
        pending.wait()

    for picture, out in zip(shown, outs, strict=True):
        assert np.abs(out.astype(int) - halved(picture)).max() <= 1


def test_nothing_is_allocated_or_captured_after_the_first_round() -> None:
    device = DeferredDevice()
    backend = backend_on(device)
    [picture] = pictures(1)
    out = np.zeros_like(picture)
    for _ in range(SLOTS):
        backend.start(picture, out).wait()
    rooms = device.allocations

    for _ in range(10):
        backend.start(picture, out).wait()

    assert device.allocations == rooms
    assert device.captures == 1


def test_a_batch_gives_each_picture_its_own_result() -> None:
    backend = backend_on(DeferredDevice())
    shown = pictures(3)
    outs = [np.zeros_like(picture) for picture in shown]

    backend.start_many(shown, outs).wait()

    for picture, out in zip(shown, outs, strict=True):
        assert np.abs(out.astype(int) - halved(picture)).max() <= 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("form", [NV12, P010])
def test_planes_go_through_as_the_definition_says(seed: int, form: PlaneForm) -> None:
    backend = backend_on(DeferredDevice(seed))
    shown = [some_planes(form, number) for number in range(7)]
    outs = [some_planes(form, 100) for _ in shown]

    pairs = zip(shown, outs, strict=True)
    flying = [backend.start_planes(one, form, out, form) for one, out in pairs]
    for pending in flying:
        pending.wait()

    for planes, out in zip(shown, outs, strict=True):
        expected = some_planes(form, 100)
        light = rgb_of_planes(planes, form) * np.float32(0.5)
        planes_of_rgb(light, form, expected)
        for part in ("luma", "cb", "cr"):
            assert np.array_equal(getattr(out, part), getattr(expected, part)), part


class Shades(nn.Module):
    """Darkens a picture from its top to its bottom: shows which side is up."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = torch.linspace(0.2, 1, x.shape[2], dtype=x.dtype)
        return x * rows[:, None]


@pytest.mark.parametrize("degrees", [90, 180, 270])
@pytest.mark.parametrize("form", [NV12, P010])
def test_a_turned_picture_is_turned_for_the_network_and_back_for_the_planes(
    degrees: int, form: PlaneForm
) -> None:
    kernels, turns = ReferenceKernels(), degrees // 90
    backend = CudaBackend(
        Shades(), 8, device=DeferredDevice(), precision="fp32", kernels=kernels
    )
    turned = replace(form, turned=degrees)
    shown = [some_planes(form, number) for number in range(5)]
    outs = [some_planes(form, 100) for _ in shown]

    pairs = zip(shown, outs, strict=True)
    flying = [backend.start_planes(one, turned, out, turned) for one, out in pairs]
    for pending in flying:
        pending.wait()

    for planes, out in zip(shown, outs, strict=True):
        upright = np.rot90(rgb_of_planes(planes, form), turns, (1, 2))
        below, right = (-side % 8 for side in upright.shape[1:])
        padded = np.pad(upright, ((0, 0), (0, below), (0, right)), mode="reflect")
        made = Shades()(torch.from_numpy(padded.copy())[None])[0].numpy()
        made = made[:, : upright.shape[1], : upright.shape[2]]
        expected = some_planes(form, 100)
        planes_of_rgb(np.rot90(made, -turns, (1, 2)).copy(), form, expected)
        for part in ("luma", "cb", "cr"):
            assert np.array_equal(getattr(out, part), getattr(expected, part)), part


def test_a_batch_of_planes_gives_each_its_own_result_and_coverage() -> None:
    backend = backend_on(DeferredDevice(3))
    shown = [some_planes(form, number) for number, form in enumerate((NV12, P010))]
    outs = [some_planes(form, 100) for form in (NV12, P010)]
    alone = [some_planes(form, 100) for form in (NV12, P010)]

    def pictures_into(rooms: list[Planes]) -> list[PlanePicture]:
        pairs = zip(shown, (NV12, P010), rooms, strict=True)
        return [
            PlanePicture(planes=one, form=form, out=out, out_form=form)
            for one, form, out in pairs
        ]

    together = backend.start_many_planes(pictures_into(outs), watch=True)
    for pending in together:
        pending.wait()
    coverages = []
    for picture in pictures_into(alone):
        [pending] = backend.start_many_planes([picture], watch=True)
        pending.wait()
        coverages.append(pending.coverage)

    assert [pending.coverage for pending in together] == coverages
    assert len(set(coverages)) == 2
    for out, expected in zip(outs, alone, strict=True):
        for part in ("luma", "cb", "cr"):
            assert np.array_equal(getattr(out, part), getattr(expected, part)), part


def test_planes_of_the_device_are_taken_where_they_are() -> None:
    backend = backend_on(DeferredDevice())
    planes, out = some_planes(NV12, 1), some_planes(NV12, 2)
    there = Planes(
        luma=torch.from_numpy(planes.luma),
        cb=torch.from_numpy(planes.cb),
        cr=torch.from_numpy(planes.cr),
    )
    other = some_planes(NV12, 3)
    backend.start_planes(planes, NV12, other, NV12).wait()

    backend.start_planes(there, NV12, out, NV12).wait()

    assert np.array_equal(out.luma, other.luma)
    assert np.array_equal(out.cb, other.cb)


def test_streams_wait_where_an_event_was_last_recorded() -> None:
    device = DeferredDevice()
    first, second, event, end = (DeferredStream(), DeferredStream(), device.event(), [])
    device._streams += [first, second]
    first.run(lambda: end.append("one"))
    first.record(event)
    second.wait_for(event)
    second.run(lambda: end.append("two"))
    last = device.event()
    second.record(last)

    last.wait()

    assert end == ["one", "two"]


def test_a_picture_too_small_for_the_network_is_refused() -> None:
    backend = CudaBackend(
        Halve(),
        64,
        device=DeferredDevice(),
        precision="fp32",
        kernels=ReferenceKernels(),
    )
    picture = np.zeros((16, 16, 3), np.uint8)

    with pytest.raises(ValueError, match="more than half of 64 pixels"):
        backend.start(picture, np.zeros_like(picture))


def test_the_gates_of_a_network_are_cut_once_and_not_with_each_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = build_network("mspfn-lite").eval().requires_grad_(False)
    backend = CudaBackend(
        network,
        8,
        device=DeferredDevice(),
        precision="fp32",
        kernels=ReferenceKernels(),
    )

    def never(_: ConvLSTM) -> None:
        raise AssertionError("cut anew")

    monkeypatch.setattr(ConvLSTM, "first_gates", never)
    [picture] = pictures(1)
    out = np.zeros_like(picture)

    backend.start(picture, out).wait()

    assert out.any()
