"""Rainy films as planes, and a stream that takes them as a scheduler does."""

from typing import Any

import numpy as np
from torch import nn

from model.backends.base import Backend
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import (
    ReferenceKernels,
    light_of_pixels,
    pixels_of_light,
    planes_of_rgb,
    rgb_of_planes,
)
from model.pictures.planes import PlaneForm, Planes
from tests.support.media.rainy_scene import rain, scene
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12

HIGH, WIDE = 64, 80


def on_device(seed: int = 0, network: type[nn.Module] = nn.Identity) -> CudaBackend:
    return CudaBackend(
        network(),
        8,
        device=DeferredDevice(seed),
        precision="fp32",
        kernels=ReferenceKernels(),
    )


def planes_of(picture: Any, form: PlaneForm = NV12) -> Planes:
    planes = empty(picture.shape, form)
    planes_of_rgb(light_of_pixels(picture, picture.shape[:2]), form, planes)
    return planes


def empty(shape: tuple[int, ...], form: PlaneForm = NV12) -> Planes:
    kind = np.uint8 if form.depth == 8 else np.uint16
    half = (shape[0] // 2, shape[1] // 2)
    return Planes(
        luma=np.zeros(shape[:2], kind),
        cb=np.zeros(half, kind),
        cr=np.zeros(half, kind),
    )


def pixels_of(planes: Planes, form: PlaneForm = NV12) -> Any:
    out = np.empty((planes.height, planes.width, 3), np.uint8)
    pixels_of_light(rgb_of_planes(planes, form), out)
    return out


def film(count: int, *, cut_at: int = 99) -> list[Any]:
    """Returns frames of rain over a still scene, or over two."""
    grounds = [scene(HIGH, WIDE), scene(HIGH, WIDE, seed=7)]
    return [rain(grounds[n >= cut_at], n, streaks=25) for n in range(count)]


def derained(
    network: Backend,
    shown: list[Planes],
    form: PlaneForm = NV12,
    stored: PlaneForm = NV12,
) -> list[Planes]:
    """Runs a stream as a scheduler does; all of it as planes."""
    flying: list[Any] = []
    outs = []
    for planes in shown:
        outs.append(empty(planes.luma.shape, stored))
        pending = network.start_planes(planes, form, outs[-1], stored)
        assert pending is not None
        flying.append(pending)
        if len(flying) == network.slots:
            flying.pop(0).wait()
    for pending in flying:
        pending.wait()
    return outs
