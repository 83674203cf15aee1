"""Loading and unloading on the device, launched one by one or replayed as graphs."""

from dataclasses import replace

import numpy as np
import pytest

from model.backends.cuda.plan import SLOTS
from model.pictures.planes import PlaneForm, Planes
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import (
    NV12,
    backend_on,
    halved,
    pictures,
    some_planes,
)

P010 = PlaneForm(matrix=9, full_range=False, depth=10, shift=6)


@pytest.mark.parametrize("watch", [False, True])
def test_colours_as_graphs_give_the_same_pictures_with_a_capture_for_each_way(
    watch: bool,
) -> None:
    forms = [NV12, P010, replace(NV12, turned=90)]
    shown = [(some_planes(forms[n % 3], n), forms[n % 3]) for n in range(9)]
    made: list[list[Planes]] = []
    captures = []
    for graphs in (False, True):
        device = DeferredDevice(3)
        backend = backend_on(device)
        backend.colour_graphs = graphs
        outs = [some_planes(form, 99) for _, form in shown]
        flying = [
            backend.start_planes(planes, form, out, form, watch=watch)
            for (planes, form), out in zip(shown, outs, strict=True)
        ]
        for pending in flying:
            pending.wait()
        made.append(outs)
        captures.append(device.captures)

    for ours, its in zip(*made, strict=True):
        for part in ("luma", "cb", "cr"):
            assert np.array_equal(getattr(ours, part), getattr(its, part))
    # NV12 and P010, there and back, in each slot; what is turned is not captured.
    plain = captures[0]
    assert captures[1] == plain + 2 * 2 * SLOTS


def test_pixels_are_replayed_as_graphs_in_every_slot() -> None:
    device = DeferredDevice()
    backend = backend_on(device)
    backend.colour_graphs = True
    shown = pictures(7)
    outs = [np.zeros_like(picture) for picture in shown]

    for picture, out in zip(shown, outs, strict=True):
        backend.start(picture, out).wait()

    for picture, out in zip(shown, outs, strict=True):
        assert np.abs(out.astype(int) - halved(picture)).max() <= 1
    assert device.captures == 1 + 2 * SLOTS
