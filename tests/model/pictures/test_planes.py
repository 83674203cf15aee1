"""Planes: what their numbers mean, by the standards, and whether they fit."""

from typing import Any

import numpy as np
import pytest
import torch

from model.pictures.planes import (
    LUMA_SHARES,
    PlaneForm,
    PlanePicture,
    Planes,
    checked_planes,
    host_array,
)


def planes(height: int, width: int, chroma: tuple[int, int] | None = None) -> Planes:
    half = chroma or ((height + 1) // 2, (width + 1) // 2)
    return Planes(
        luma=np.zeros((height, width), np.uint8),
        cb=np.zeros(half, np.uint8),
        cr=np.zeros(half, np.uint8),
    )


@pytest.mark.parametrize(
    ("form", "black", "middle", "span"),
    [
        (PlaneForm(matrix=1, full_range=False), 16, 128, 219),
        (PlaneForm(matrix=1, full_range=True), 0, 128, 255),
        (PlaneForm(matrix=9, full_range=False, depth=10), 64, 512, 876),
        (PlaneForm(matrix=9, full_range=True, depth=10), 0, 512, 1023),
    ],
)
def test_black_grey_and_white_have_the_codes_of_bt_709_and_2020(
    form: PlaneForm, black: int, middle: int, span: int
) -> None:
    how = form.coefficients

    assert (how.luma_offset, how.chroma_offset) == (black, middle)
    assert how.luma_span == span
    assert how.luma_scale == pytest.approx(1 / span)


@pytest.mark.parametrize("matrix", sorted(LUMA_SHARES))
def test_chroma_of_a_pure_colour_spans_all_its_codes(matrix: int) -> None:
    how = PlaneForm(matrix=matrix, full_range=False).coefficients

    assert how.share_red + how.share_green + how.share_blue == pytest.approx(1)
    assert (1 - how.share_blue) * how.cb_scale == pytest.approx(112)
    assert (1 - how.share_red) * how.cr_scale == pytest.approx(112)
    assert 16 * 112 * how.red_of_cr == pytest.approx(1 - how.share_red, rel=1e-5)
    assert 16 * 112 * how.blue_of_cb == pytest.approx(1 - how.share_blue, rel=1e-5)


@pytest.mark.parametrize(
    ("location", "phase"), [(0, (0, 1)), (1, (0, 1)), (2, (1, 1)), (3, (0, 0))]
)
def test_chroma_lies_where_it_is_said_and_left_where_it_is_not(
    location: int, phase: tuple[int, int]
) -> None:
    form = PlaneForm(matrix=1, full_range=False, chroma_location=location)

    assert form.phase == phase


@pytest.mark.parametrize(
    ("turned", "size"), [(0, (6, 8)), (90, (8, 6)), (180, (6, 8)), (270, (8, 6))]
)
def test_a_turned_picture_is_shown_in_its_turned_size(
    turned: int, size: tuple[int, int]
) -> None:
    form = PlaneForm(matrix=1, full_range=False, turned=turned)
    there = planes(6, 8)

    picture = PlanePicture(planes=there, form=form, out=there, out_form=form)

    assert picture.shown_size == size


@pytest.mark.parametrize("size", [(6, 8), (7, 9), (1, 1)])
def test_planes_that_fit_are_returned(size: tuple[int, int]) -> None:
    given = planes(*size)

    assert checked_planes(given) is given
    assert (given.height, given.width) == size


@pytest.mark.parametrize("chroma", [(3, 3), (4, 4), (6, 8)])
def test_chroma_of_another_size_is_refused(chroma: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"Planes.cb must be \[3, 4\] for luma of"):
        checked_planes(planes(6, 8, chroma))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_planes_of_a_device_come_to_the_host_bit_for_bit(kind: Any) -> None:
    plane = np.array([[0, 1], [200, np.iinfo(kind).max]], kind)

    assert host_array(plane) is plane
    copied = host_array(torch.from_numpy(plane))
    assert copied.dtype == kind
    assert np.array_equal(copied, plane)
