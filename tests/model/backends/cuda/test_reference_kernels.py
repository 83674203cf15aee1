"""The definition of the kernels, held to the standards and to FFmpeg."""

import av
import numpy as np
import pytest
import torch

from model.backends.cuda.reference_kernels import (
    ReferenceKernels,
    light_of_pixels,
    pixels_of_light,
    planes_of_rgb,
    rgb_of_planes,
)
from model.pictures.planes import PlaneForm, Planes
from tests.support.networks.halving import NV12, some_planes

FULL = PlaneForm(matrix=5, full_range=True)


def flat(luma: int, cb: int, cr: int, size: tuple[int, int] = (4, 6)) -> Planes:
    half = (size[0] // 2, size[1] // 2)
    return Planes(
        luma=np.full(size, luma, np.uint8),
        cb=np.full(half, cb, np.uint8),
        cr=np.full(half, cr, np.uint8),
    )


@pytest.mark.parametrize(
    ("form", "codes", "rgb"),
    [
        (NV12, (16, 128, 128), (0, 0, 0)),
        (NV12, (235, 128, 128), (1, 1, 1)),
        (NV12, (63, 102, 240), (1, 0, 0)),  # BT.709's red
        (FULL, (76, 85, 255), (1, 0, 0)),  # JPEG's red
        (NV12, (255, 128, 128), (1, 1, 1)),  # brighter than white
    ],
)
def test_codes_become_the_light_of_the_standards(
    form: PlaneForm, codes: tuple[int, int, int], rgb: tuple[float, float, float]
) -> None:
    light = rgb_of_planes(flat(*codes), form)

    assert light.shape == (3, 4, 6)
    assert light.mean((1, 2)) == pytest.approx(rgb, abs=0.01)
    assert light.std((1, 2)).max() == 0


@pytest.mark.parametrize("location", [0, 2, 3])
def test_light_becomes_codes_and_again_the_same_light(location: int) -> None:
    form = PlaneForm(matrix=1, full_range=False, chroma_location=location)
    rows, columns = np.mgrid[:16, :24] / np.float32(48)
    light = np.stack([rows, columns, rows + columns]).astype(np.float32) + 0.2
    out = some_planes(form, 1, (16, 24))

    planes_of_rgb(light, form, out)

    again = rgb_of_planes(out, form)
    assert np.abs(again - light)[:, 2:-2, 2:-2].max() < 0.02


def test_ffmpeg_makes_the_same_colours_of_flat_planes() -> None:
    planes = flat(90, 100, 170, (16, 16))
    picture = av.VideoFrame(16, 16, "yuv420p")
    parts = (planes.luma, planes.cb, planes.cr)
    for plane, part in zip(picture.planes, parts, strict=True):
        rows = np.zeros((plane.height, plane.line_size), np.uint8)
        rows[:, : plane.width] = part
        plane.update(rows.tobytes())
    rgb = picture.reformat(
        format="rgb24", src_colorspace="ITU709", dst_color_range="JPEG"
    ).to_ndarray()

    light = rgb_of_planes(planes, NV12)

    assert light[:, 8, 8] * 255 == pytest.approx(rgb[8, 8], abs=2)


def test_padding_is_a_reflection() -> None:
    planes = some_planes(NV12, 3, (6, 8))

    plain = rgb_of_planes(planes, NV12)
    padded = rgb_of_planes(planes, NV12, (8, 12))

    expected = np.pad(plain, ((0, 0), (0, 2), (0, 4)), mode="reflect")
    assert padded.shape == (3, 8, 12)
    assert np.array_equal(padded[:, :6, :8], plain)
    assert np.abs(padded - expected).max() < 1e-6


def test_what_is_no_number_is_black() -> None:
    out = flat(99, 99, 99)

    planes_of_rgb(np.full((3, 4, 6), np.nan, np.float32), NV12, out)

    assert (out.luma == 16).all()
    assert (out.cb == 128).all()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_packed_pixels_come_back_bit_for_bit(kind: type) -> None:
    rng = np.random.default_rng(2)
    picture = rng.integers(0, np.iinfo(kind).max, (5, 7, 3), kind, endpoint=True)
    out = np.zeros_like(picture)

    light = light_of_pixels(picture, (8, 8))
    pixels_of_light(light, out)

    assert light.shape == (3, 8, 8)
    assert np.array_equal(out, picture)


def test_chroma_that_does_not_fit_is_refused() -> None:
    planes = flat(16, 128, 128)
    bent = Planes(luma=planes.luma, cb=planes.cb[:1], cr=planes.cr)

    with pytest.raises(ValueError, match=r"Planes.cb must be \[2, 3\]"):
        rgb_of_planes(bent, NV12)


def test_as_kernels_they_fill_tensors_of_the_networks_numbers() -> None:
    planes, out = some_planes(NV12, 4), some_planes(NV12, 5)
    there = Planes(
        **{part: torch.from_numpy(getattr(out, part)) for part in ("luma", "cb", "cr")}
    )
    x = torch.zeros(3, 24, 32, dtype=torch.bfloat16)

    kernels = ReferenceKernels()
    kernels.planes_to_network(planes, NV12, x)
    kernels.network_to_planes(x, NV12, there)

    light = rgb_of_planes(planes, NV12, (24, 32))
    assert torch.equal(x, torch.from_numpy(light).to(torch.bfloat16))
    expected = some_planes(NV12, 5)
    planes_of_rgb(x.float().numpy(), NV12, expected)
    assert np.array_equal(out.luma, expected.luma)  # the tensors share its memory
